// The counter with reported usage, against reading the same log and inserting columns that are ready.

import { createRedisLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';
import { createBenchKey } from '../parts/bench-key.mjs';
import { logRecord, reportedEvent } from '../parts/events.mjs';
import { cpuMicrosOf, until, withStand } from '../parts/stand.mjs';
import { figure, median } from '../parts/statistics.mjs';

const EVENTS = 100_000;
const APPEND_EVENTS = 1_000;
const PARTITIONS = 4;
const DRAIN_TIMEOUT_MS = 300_000;
const SHARE_MIN = 0.6;
const LOOP_DELAY_MAX_MS = 10;

export async function counterRows({ rounds, share }) {
  const events = Math.ceil((EVENTS * share) / APPEND_EVENTS) * APPEND_EVENTS;
  return withStand(['clickhouse', 'postgres', 'redis'], async (stand) => {
    const { clickhouse, postgres, redis } = stand.servers;
    await createBenchKey({ databaseUrl: postgres.url, pepper: stand.pepper });
    const ourLog = await openLog(redis.url, 'ours');
    const theirLog = await openLog(redis.url, 'theirs');
    const counter = await stand.startService('counter', {
      ...{ TOLLGATE_LOG_NAME: 'ours', TOLLGATE_LOG_PARTITIONS: `${PARTITIONS}` },
    });
    const ours = [];
    const theirs = [];
    const measureOurs = () => drain(counter, { log: ourLog, events, clickhouse });
    await measureOurs();
    const args = [redis.url, clickhouse.url, 'theirs', `${PARTITIONS}`, `${events}`];
    const rival = await stand.startRival('ready-columns', args);
    const measureTheirs = () => drain(rival, { log: theirLog, events, clickhouse });
    await measureTheirs();
    for (let round = 0; round < rounds; round++) {
      ours.push(await measureOurs());
      theirs.push(await measureTheirs());
    }
    await Promise.all([ourLog.close(), theirLog.close()]);
    return [throughputRow({ ours, theirs }), loopDelayRow(ours)];
  });
}

async function openLog(url, name) {
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const log = createRedisLog({ url, name, partitionCount: PARTITIONS, logger });
  await log.ensure();
  const writer = log.writer();
  const monitor = log.monitor({ group: 'counter' });
  return { writer, monitor, close: () => Promise.all([writer.close(), monitor.close()]) };
}

/** Appends the events and waits until the consumer has committed them all. */
async function drain(consumer, { log, events, clickhouse }) {
  const parts = [];
  for (let at = 0; at < events; at += APPEND_EVENTS) parts.push(Array.from({ length: APPEND_EVENTS }, newRecord));
  const before = await consumer.measure();
  const clickhouseBefore = await cpuMicrosOf(clickhouse.pid);
  const startedAt = performance.now();
  for (const part of parts) await log.writer.append(part);
  await until(() => isDrained(log.monitor), { what: 'drained', timeoutMs: DRAIN_TIMEOUT_MS, everyMs: 20 });
  const ms = performance.now() - startedAt;
  const after = await consumer.measure();
  return {
    perSecond: (events / ms) * 1_000,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / events,
    clickhouseCpuMicros: ((await cpuMicrosOf(clickhouse.pid)) - clickhouseBefore) / events,
    loopDelayP99Ms: after.loopDelayP99Ms,
    residentMiB: after.residentMiB,
  };
}

function newRecord() {
  const event = reportedEvent();
  return logRecord(event.id, Buffer.from(JSON.stringify(event)));
}

async function isDrained(monitor) {
  return (await monitor.progress()).every(({ committedOffset, endOffset }) => committedOffset === endOffset);
}

function throughputRow({ ours, theirs }) {
  const medianOf = (rounds, name) => median(rounds.map((round) => round[name]));
  const perSecond = { ours: medianOf(ours, 'perSecond'), theirs: medianOf(theirs, 'perSecond') };
  const share = perSecond.ours / perSecond.theirs;
  const cpuOf = (rounds) =>
    `${figure(medianOf(rounds, 'cpuMicros'))} + ${figure(medianOf(rounds, 'clickhouseCpuMicros'))}`;
  const rates = `${figure(perSecond.ours)} of ${figure(perSecond.theirs)} events/s`;
  return {
    what: 'counter, reported usage',
    against: 'reading the log and inserting ready columns',
    target: `≥ ${SHARE_MIN}`,
    measured: `${share.toFixed(2)} (${rates}; CPU an event, with ClickHouse's: ${cpuOf(ours)} of ${cpuOf(theirs)} µs)`,
    isMet: share >= SHARE_MIN,
  };
}

function loopDelayRow(ours) {
  const delayMs = median(ours.map((round) => round.loopDelayP99Ms));
  return {
    what: 'event loop delay of the counter at full speed, p99',
    against: '–',
    target: `≤ ${LOOP_DELAY_MAX_MS} ms`,
    measured: `${delayMs.toFixed(1)} ms`,
    isMet: delayMs <= LOOP_DELAY_MAX_MS,
  };
}
