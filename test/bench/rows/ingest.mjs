// `POST /v1/events` against a bare server that makes the same append to the same Redis, and against the plain stack on Kafka.

import { createBenchKey } from '../parts/bench-key.mjs';
import { reportedEvent } from '../parts/events.mjs';
import { each, httpRequest, sendAll } from '../parts/http-load.mjs';
import { withStand } from '../parts/stand.mjs';
import { figure, median } from '../parts/statistics.mjs';

const CONNECTIONS = 64;
const CASES = [
  { name: 'one event', events: 1, requests: 12_000, shareMin: 0.6, plainFactorMin: 15 },
  { name: 'batches of 100', events: 100, requests: 600, shareMin: 0.7, plainFactorMin: 7 },
];
const LOOP_DELAY_MAX_MS = 10;

export async function ingestRows({ rounds, share }) {
  const onRedis = await withStand(['postgres', 'redis'], async (stand) => {
    const secret = await createBenchKey({ databaseUrl: stand.servers.postgres.url, pepper: stand.pepper });
    const ingest = await stand.startService('ingest');
    const bare = await stand.startRival('bare-ingest', [stand.servers.redis.url]);
    return compareAll({ ingest, rival: bare, secret, rounds, share });
  });
  const onKafka = await withStand(['postgres', 'redis', 'kafka'], async (stand) => {
    const secret = await createBenchKey({ databaseUrl: stand.servers.postgres.url, pepper: stand.pepper });
    const ingest = await stand.startService('ingest');
    const plain = await stand.startRival('plain-ingest', [stand.servers.kafka.url]);
    return compareAll({ ingest, rival: plain, secret, rounds, share });
  });
  return [...onRedis.map(throughputRow), ...onKafka.map(cpuRow), loopDelayRow(onRedis)];
}

async function compareAll({ ingest, rival, secret, rounds, share }) {
  const compared = [];
  for (const wholeCase of CASES) {
    const benchCase = { ...wholeCase, requests: Math.ceil(wholeCase.requests * share) };
    const ours = [];
    const theirs = [];
    await measure(ingest, secret, benchCase);
    await measure(rival, secret, benchCase);
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure(ingest, secret, benchCase));
      theirs.push(await measure(rival, secret, benchCase));
    }
    compared.push({ benchCase, ours: mediansOf(ours), theirs: mediansOf(theirs) });
  }
  return compared;
}

async function measure(server, secret, { events, requests }) {
  const prepared = Array.from({ length: requests }, () => {
    const batch = Array.from({ length: events }, reportedEvent);
    return httpRequest({ path: '/v1/events', secret, body: JSON.stringify(events === 1 ? batch[0] : batch) });
  });
  const before = await server.measure();
  const load = { port: server.port, connections: CONNECTIONS, next: each(prepared), expected: ' 202 ' };
  const { ms, latenciesMs } = await sendAll(load);
  const after = await server.measure();
  return {
    perSecond: (latenciesMs.length / ms) * 1_000,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests / events,
    loopDelayP99Ms: after.loopDelayP99Ms,
  };
}

function mediansOf(measured) {
  const medianOf = (name) => median(measured.map((one) => one[name]));
  return {
    perSecond: medianOf('perSecond'),
    cpuMicros: medianOf('cpuMicros'),
    loopDelayP99Ms: medianOf('loopDelayP99Ms'),
  };
}

function throughputRow({ benchCase, ours, theirs }) {
  const share = ours.perSecond / theirs.perSecond;
  const cpuShare = theirs.cpuMicros / ours.cpuMicros;
  return {
    what: `\`POST /v1/events\`, ${benchCase.name}, warm key, acknowledged`,
    against: 'bare `node:http`, `JSON.parse`, the same append',
    target: `≥ ${benchCase.shareMin} of its requests/s`,
    measured: `${share.toFixed(2)} (${figure(ours.perSecond)} of ${figure(theirs.perSecond)}/s; by CPU ${cpuShare.toFixed(2)})`,
    isMet: share >= benchCase.shareMin,
  };
}

function cpuRow({ benchCase, ours, theirs }) {
  const factor = theirs.cpuMicros / ours.cpuMicros;
  return {
    what: `the same, ${benchCase.name}, CPU an event, on Kafka`,
    against: 'express.json, jose, zod, one kafkajs send for each request',
    target: `÷ ${benchCase.plainFactorMin}`,
    measured: `÷ ${factor.toFixed(1)} (${figure(ours.cpuMicros)} of ${figure(theirs.cpuMicros)} µs)`,
    isMet: factor >= benchCase.plainFactorMin,
  };
}

function loopDelayRow(compared) {
  const delays = compared.map(({ benchCase, ours }) => `${ours.loopDelayP99Ms.toFixed(1)} ms with ${benchCase.name}`);
  return {
    what: 'event loop delay of ingest at full speed, p99',
    against: '–',
    target: `≤ ${LOOP_DELAY_MAX_MS} ms`,
    measured: delays.join(', '),
    isMet: compared.every(({ ours }) => ours.loopDelayP99Ms <= LOOP_DELAY_MAX_MS),
  };
}
