// Callers in a process of their own, all at once: each asks for authorizations, and settles what it was allowed with an
// event, gives it back, or leaves it to expire. At the end it tells over IPC what became of each.
//
// Usage: fork with one argument, JSON: `Asking` of `fire.ts`. It says `ready`, and begins at `go`.

import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const { urls, secret, seed, callers, asksOfEach, models, ttlSeconds, leftTtlSeconds } = JSON.parse(process.argv[2]);

/** However busy the machine is: whoever gets no answer leaves what it may have been promised to expire. */
const TIMEOUT_MS = 60_000;
const RETRY_PAUSE_MS = 100;
const CALL_MAX_MS = 300;
const LEFT_SHARE = 0.15;
const RELEASED_SHARE = 0.3;

/** Mulberry32. */
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
}
const below = (limit) => Math.floor(random() * limit);

const send = (url, method, body) =>
  fetch(url, {
    method,
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });

/** Sent again, to either process, until it is answered: a caller that reports knows that it may. */
async function sendUntil(status, method, path, body) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const res = await send(`${urls[attempt % urls.length]}${path}`, method, body);
      const text = await res.text();
      if (res.status === status) return;
      if (res.status < 500) throw new Error(`${res.status} from ${path}: ${text}`, { cause: 'refused' });
    } catch (error) {
      if (error.cause === 'refused') throw error;
    }
    await pause(RETRY_PAUSE_MS);
  }
}

async function ask(caller, turn) {
  const { model, inputMax, outputMax } = models[below(models.length)];
  const asked = { model, inputTokens: 1 + below(inputMax), outputTokens: 1 + below(outputMax) };
  const chance = random();
  const fate = chance < LEFT_SHARE ? 'left' : chance < RELEASED_SHARE ? 'released' : 'settled';
  const ttl = fate === 'left' ? leftTtlSeconds : ttlSeconds;
  const askedAtMs = Date.now();
  let answer;
  try {
    // The first half of the callers asks one process, the other half the other.
    const res = await send(`${urls[caller % urls.length]}/v1/authorizations`, 'POST', {
      ...{ provider: 'openai', model, input_tokens: asked.inputTokens, max_output_tokens: asked.outputTokens },
      ttl_seconds: ttl,
    });
    const text = await res.text();
    if (res.status !== 200) return { kind: 'unanswered', status: res.status, text };
    answer = JSON.parse(text);
  } catch (error) {
    return { kind: 'unanswered', status: null, text: String(error) };
  }
  if (!answer.allowed) return { kind: 'refused', code: answer.code };

  const heldFromMs = Date.now();
  await pause(below(CALL_MAX_MS));
  const allowed = { kind: 'allowed', fate, ...asked, heldFromMs };
  if (fate === 'left') return { ...allowed, endsAtMs: askedAtMs + ttl * 1_000 };
  const endsAtMs = Date.now();
  if (fate === 'released') {
    await sendUntil(204, 'DELETE', `/v1/authorizations/${answer.reservation}`);
    return { ...allowed, endsAtMs };
  }
  const outputUsed = below(asked.outputTokens + 1);
  await sendUntil(202, 'POST', '/v1/events', {
    ...{ id: `${seed}-${caller}-${turn}`, type: 'llm.chat', provider: 'openai', model },
    usage: {
      prompt_tokens: asked.inputTokens,
      completion_tokens: outputUsed,
      total_tokens: asked.inputTokens + outputUsed,
    },
    reservation: answer.reservation,
  });
  return { ...allowed, endsAtMs, outputUsed };
}

async function call(caller) {
  const outcomes = [];
  for (let turn = 0; turn < asksOfEach; turn += 1) outcomes.push(await ask(caller, turn));
  return outcomes;
}

process.send('ready');
await once(process, 'message');
const outcomes = await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
process.send(outcomes.flat());
process.disconnect();
