// `POST /v1/authorizations` over four limits, against a bare server that makes one durable round trip to the same Redis.

import { randomUUID } from 'node:crypto';
import { createPostgresAccounts } from '@tollgate/accounts';
import { createRedisLimits } from '@tollgate/limits';
import { createLogger, createMetrics, systemClock } from '@tollgate/runtime';
import { createBenchKey } from '../parts/bench-key.mjs';
import { httpRequest, sendAll } from '../parts/http-load.mjs';
import { until, withStand } from '../parts/stand.mjs';
import { figure, median, percentile } from '../parts/statistics.mjs';

const LIMITS = ['requests', 'input_tokens', 'output_tokens', 'cost'];
const CONNECTIONS = 8;
const REQUESTS = 6_000;
const P50_FACTOR_MAX = 1.5;
const P99_FACTOR_MAX = 2;

export async function authorizationRows({ rounds, share }) {
  return withStand(['postgres', 'redis'], async (stand) => {
    const { postgres, redis } = stand.servers;
    const scopes = ['limits:check'];
    const secret = await createBenchKey({ databaseUrl: postgres.url, pepper: stand.pepper, scopes });
    await addPricesAndLimits(stand.servers);
    const ingest = await stand.startService('ingest');
    const bare = await stand.startRival('round-trip', [redis.url]);
    const body = { provider: 'openai', model: 'gpt-4o', input_tokens: 1_200, max_output_tokens: 800, ttl_seconds: 5 };
    const request = httpRequest({ path: '/v1/authorizations', secret, body: JSON.stringify(body) });
    const requests = Math.ceil(REQUESTS * share);
    await until(async () => holdsAll(await askOnce(ingest, request)), {
      ...{ what: 'an authorization that holds all limits', timeoutMs: 30_000, everyMs: 200 },
    });
    const ours = [];
    const theirs = [];
    await measure(ingest, { request, requests });
    await measure(bare, { request, requests });
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure(ingest, { request, requests }));
      theirs.push(await measure(bare, { request, requests }));
    }
    return [
      latencyRow('p50', { ours, theirs, factorMax: P50_FACTOR_MAX }),
      latencyRow('p99', { ours, theirs, factorMax: P99_FACTOR_MAX }),
    ];
  });
}

async function addPricesAndLimits({ postgres, redis }) {
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const accounts = createPostgresAccounts({ url: postgres.url, clock: systemClock, logger });
  const metrics = createMetrics('bench');
  const limits = await createRedisLimits({ url: redis.url, clock: systemClock, logger, metrics });
  const counters = limits.counters({ name: 'tollgate', answerTimeoutMs: 10_000 });
  await accounts.createPrices(['input', 'output'].map(priceOf));
  for (const metric of LIMITS) {
    const limit = limitOn(metric);
    await accounts.createLimit(limit);
    await counters.begin('cus_1', { definition: limit, amount: limit.amount, token: 't', storedUntil: new Map() });
    await counters.finish('cus_1', { limitId: limit.id, token: 't', used: new Map() });
  }
  limits.close();
  await accounts.close();
}

function priceOf(priceClass) {
  return {
    ...{ id: `pri_${priceClass}`, class: priceClass, amountMicros: 2_500_000n, customerId: null, provider: 'openai' },
    ...{ model: 'gpt-4o', serviceTier: 'standard', context: null, region: null, currency: 'EUR', source: null },
    ...{
      effectiveFromMs: 0,
      effectiveToMs: null,
      knownFromMs: 0,
      createdAtMs: Date.now(),
      createdBy: null,
      note: null,
    },
  };
}

function limitOn(metric) {
  const nowMs = Date.now();
  return {
    ...{ id: `lim_${randomUUID()}`, customerId: 'cus_1', scope: { kind: 'customer', id: 'cus_1' }, modelPattern: null },
    ...{ metric, window: 'month', amount: 10n ** 27n, mode: 'block', thresholds: [], allowanceWhenUnknown: null },
    ...{ refusesEvents: false, suspendedUntilMs: null, countsFromMs: 0, revision: 1, setBy: 'operator' },
    ...{ createdAtMs: nowMs, updatedAtMs: nowMs },
  };
}

async function askOnce({ url }, request) {
  const [head, body] = request.toString().split('\r\n\r\n');
  const authorization = /Authorization: (.*)\r/.exec(head)[1];
  const headers = { Authorization: authorization, 'Content-Type': 'application/json' };
  return (await fetch(`${url}/v1/authorizations`, { method: 'POST', body, headers })).json();
}

function holdsAll({ allowed, limits }) {
  return allowed === true && limits.length === LIMITS.length && limits.every(({ remaining }) => remaining !== null);
}

async function measure({ port }, { request, requests }) {
  let sent = 0;
  const next = () => (sent++ < requests ? request : undefined);
  const { latenciesMs } = await sendAll({ port, connections: CONNECTIONS, next, expected: '"allowed":true' });
  return { p50: percentile(latenciesMs, 0.5), p99: percentile(latenciesMs, 0.99) };
}

function latencyRow(name, { ours, theirs, factorMax }) {
  const ourMs = median(ours.map((round) => round[name]));
  const theirMs = median(theirs.map((round) => round[name]));
  return {
    what: `\`POST /v1/authorizations\`, ${LIMITS.length} limits, ${CONNECTIONS} at once, ${name}`,
    against: 'bare `node:http`, `JSON.parse`, one durable round trip to the same Redis',
    target: `≤ ${factorMax} ×`,
    measured: `${(ourMs / theirMs).toFixed(2)} × (${figure(ourMs)} of ${figure(theirMs)} ms)`,
    isMet: ourMs / theirMs <= factorMax,
  };
}
