// Whether the pipe holds at half of its full speed for as long as one likes: memory of ingest, counter and api, how far the
// counter is behind, and how long answers take, sampled all along; flat, or not. Ends with an error when not.
//
//   npm run build && npm run soak -- [minutes, 30 unless told] [events a second, unless told half of what is measured first]

import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventsVisible, measureVisible, newSender, startLoad, startPipe } from './parts/pipe.mjs';
import { residentMiBOf, until, withStand } from './parts/stand.mjs';
import { figure, median, percentile } from './parts/statistics.mjs';

const [minutes = 30, eventsPerSecond] = process.argv.slice(2).map(Number);
const FULL_SPEED_MS = 20_000;
const WARM_UP_MS = 60_000;
const SAMPLE_EVERY_MS = 5_000;
const CATCH_UP_TIMEOUT_MS = 300_000;
/** How much more the last quarter of the samples may be than the first: what is sampled varies by itself. */
const FIGURES = {
  'ingest MiB': { factorMax: 1.1, slack: 10 },
  'counter MiB': { factorMax: 1.1, slack: 10 },
  'api MiB': { factorMax: 1.1, slack: 10 },
  '202 → visible ms': { factorMax: 1.5, slack: 100 },
  '202 p99 ms': { factorMax: 1.5, slack: 20 },
};

const print = (line) => process.stdout.write(`${line}\n`);

const isFlat = await withStand(['clickhouse', 'postgres', 'redis'], async (stand) => {
  const pipe = await startPipe(stand);
  const rate = eventsPerSecond ?? (await fullSpeed(pipe)) / 2;
  print(`half of full speed is ${figure(rate)} events/s; ${minutes} minutes of it, after one to warm up`);
  const load = startLoad(await newSender(pipe), rate);
  const watcher = await newSender(pipe);
  await sleep(WARM_UP_MS);
  load.takeLatenciesMs();
  const samples = [];
  const endAt = performance.now() + minutes * 60_000;
  while (performance.now() < endAt) {
    const nextAt = performance.now() + SAMPLE_EVERY_MS;
    samples.push(await takeSample({ pipe, load, watcher }));
    await sleep(nextAt - performance.now());
  }
  print(`${figure(await load.stop())} events were taken`);
  return judge(samples);
});
process.exitCode = isFlat ? 0 : 1;

/** Events a second that come out of the pipe when as many are put in as it takes. */
async function fullSpeed(pipe) {
  const sender = await newSender(pipe);
  const startedAt = performance.now();
  const load = startLoad(sender, Number.POSITIVE_INFINITY);
  await sleep(FULL_SPEED_MS);
  const taken = await load.stop();
  await until(async () => (await eventsVisible(sender)) >= taken, {
    ...{ what: 'all events visible', timeoutMs: CATCH_UP_TIMEOUT_MS, everyMs: 250 },
  });
  return (taken / (performance.now() - startedAt)) * 1_000;
}

async function takeSample({ pipe, load, watcher }) {
  const [visibleMs] = await measureVisible(watcher, { samples: 1, everyMs: 0 });
  return {
    'ingest MiB': await residentMiBOf(pipe.ingest.pid),
    'counter MiB': await residentMiBOf(pipe.counter.pid),
    'api MiB': await residentMiBOf(pipe.api.pid),
    '202 → visible ms': visibleMs,
    '202 p99 ms': percentile(load.takeLatenciesMs(), 0.99),
  };
}

function judge(samples) {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const verdicts = Object.entries(FIGURES).map(([name, { factorMax, slack }]) => {
    const first = median(samples.slice(0, quarter).map((sample) => sample[name]));
    const last = median(samples.slice(-quarter).map((sample) => sample[name]));
    const most = Math.max(...samples.map((sample) => sample[name]));
    const isFlatHere = last <= first * factorMax + slack;
    const quarters = `first quarter ${figure(first)}, last ${figure(last)}, most ${figure(most)}`;
    print(`${isFlatHere ? 'flat    ' : 'NOT FLAT'} ${name}: ${quarters}`);
    return isFlatHere;
  });
  return verdicts.every(Boolean);
}
