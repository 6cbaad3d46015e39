// How long after its 202 an event is in the answers of `GET /v1/usage` while the whole pipe and its load share the machine.

import { setTimeout as sleep } from 'node:timers/promises';
import { measureVisible, newSender, startLoad, startPipe } from '../parts/pipe.mjs';
import { withStand } from '../parts/stand.mjs';
import { figure, percentile } from '../parts/statistics.mjs';

const EVENTS_PER_SECOND = 20_000;
const SAMPLES = 300;
const SAMPLE_EVERY_MS = 100;
const WARM_UP_MS = 5_000;
const P99_MAX_MS = 1_000;

export async function visibleRows({ share }) {
  return withStand(['clickhouse', 'postgres', 'redis'], async (stand) => {
    const pipe = await startPipe(stand);
    const samples = Math.ceil(SAMPLES * share);
    const load = startLoad(await newSender(pipe), EVENTS_PER_SECOND);
    await sleep(WARM_UP_MS);
    const takenBefore = load.eventsTaken();
    const startedAt = performance.now();
    const delaysMs = await measureVisible(await newSender(pipe), { samples, everyMs: SAMPLE_EVERY_MS });
    const perSecond = ((load.eventsTaken() - takenBefore) / (performance.now() - startedAt)) * 1_000;
    await load.stop();
    const [p50, p99] = [percentile(delaysMs, 0.5), percentile(delaysMs, 0.99)];
    const isFullLoad = perSecond >= EVENTS_PER_SECOND * 0.95;
    return [
      {
        what: `202 → visible, at ${figure(EVENTS_PER_SECOND)} events/s, the load on the same machine`,
        against: '–',
        target: `p99 ≤ ${P99_MAX_MS / 1_000} s`,
        measured: `p50 ${figure(p50)} ms, p99 ${figure(p99)} ms, at ${figure(perSecond)} events/s`,
        isMet: isFullLoad && p99 <= P99_MAX_MS,
      },
    ];
  });
}
