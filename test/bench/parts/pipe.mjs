// The pipe as a whole: from events that are sent at a steady rate to the answers of `GET /v1/usage`.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportedEvent } from './events.mjs';
import { callJson, createOperator } from './operator.mjs';

const BATCH = 100;
/** Requests under way; when the pipe does not keep up, the load slows down rather than piling up in memory. */
const PENDING_MAX = 64;
const POLL_MS = 20;
const HOUR_MS = 3_600_000;

/** All services that an event passes through, on the servers of the stand. */
export async function startPipe(stand) {
  const api = await stand.startService('api');
  const ingest = await stand.startService('ingest');
  const counter = await stand.startService('counter');
  return { api, ingest, counter, operator: createOperator({ api, secret: await stand.operatorKey() }) };
}

/** A customer of its own, with what it may send and ask. */
export async function newSender(pipe) {
  const customer = await pipe.operator.createCustomer();
  const secret = await pipe.operator.createKey(customer, ['usage:write', 'usage:read']);
  return { pipe, secret };
}

/** Sends until it is told to stop; `eventsPerSecond` may be infinite. Gives the latencies of the answers and how many events were taken. */
export function startLoad({ pipe, secret }, eventsPerSecond) {
  const state = { isStopping: false, events: 0, latenciesMs: [] };
  const batchEveryMs = (BATCH * 1_000) / eventsPerSecond;
  const send = async () => {
    const sentAt = performance.now();
    await postEvents({ pipe, secret }, BATCH);
    state.latenciesMs.push(performance.now() - sentAt);
    state.events += BATCH;
  };
  const run = async () => {
    const startedAt = performance.now();
    const pending = new Set();
    for (let batch = 0; !state.isStopping; batch++) {
      const sent = send().finally(() => pending.delete(sent));
      pending.add(sent);
      if (pending.size >= PENDING_MAX) await Promise.race(pending);
      await sleep(startedAt + (batch + 1) * batchEveryMs - performance.now());
    }
    await Promise.all(pending);
  };
  const ended = run();
  return {
    /** The latencies since the last call. */
    takeLatenciesMs: () => state.latenciesMs.splice(0),
    eventsTaken: () => state.events,
    async stop() {
      state.isStopping = true;
      await ended;
      return state.events;
    },
  };
}

/** Resolves when the pipe has taken them. */
async function postEvents({ pipe, secret }, count) {
  const events = Array.from({ length: count }, eventText);
  const body = count === 1 ? events[0] : `[${events.join(',')}]`;
  await callJson(`${pipe.ingest.url}/v1/events`, { secret, body });
}

/** Sends one event every `everyMs` and gives the milliseconds from each 202 to the first answer that has the event. */
export async function measureVisible(sender, { samples, everyMs }) {
  const acceptedAt = [];
  const delaysMs = [];
  const alreadyThere = await eventsVisible(sender);
  const sending = (async () => {
    for (let sample = 0; sample < samples; sample++) {
      await postEvents(sender, 1);
      acceptedAt.push(performance.now());
      await sleep(everyMs);
    }
  })();
  while (delaysMs.length < samples) {
    const seen = (await eventsVisible(sender)) - alreadyThere;
    const now = performance.now();
    while (delaysMs.length < Math.min(seen, acceptedAt.length)) delaysMs.push(now - acceptedAt[delaysMs.length]);
    await sleep(POLL_MS);
  }
  await sending;
  return delaysMs;
}

export async function eventsVisible({ pipe, secret }) {
  const [start, end] = [Date.now() - HOUR_MS, Date.now() + HOUR_MS].map((ms) => new Date(ms).toISOString());
  const { data } = await callJson(`${pipe.api.url}/v1/usage?start=${start}&end=${end}`, { secret });
  return data.reduce((sum, { events }) => sum + Number(events), 0);
}

const [BEFORE_ID, AFTER_ID] = (() => {
  const { id: _, time: __, ...event } = reportedEvent();
  const [before, after] = JSON.stringify({ id: '|', ...event }).split('|');
  return [before, after];
})();

/** Put together from text, so that the load costs the machine little. */
function eventText() {
  return BEFORE_ID + randomUUID() + AFTER_ID;
}
