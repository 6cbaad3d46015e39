// Traffic with a journal. Senders post batches as a careful client would: they send again, with the same ids, whatever
// was not answered. The journal of what was acknowledged is the oracle that the system is held against.

import { setTimeout as pause } from 'node:timers/promises';
import { createRandom, type SeededRandom } from '../support/random.ts';
import { type Journal, openJournal, type Quantities } from './journal.ts';

export interface Traffic {
  /** How many events were answered 202 by now, each once. */
  readonly acknowledged: number;
  /** Ends the sending once every batch begun is acknowledged or given up, and resolves then. */
  stop(): Promise<Journal>;
  /** Resolves when every sender has sent its share (with `eventsMax`). */
  done(): Promise<Journal>;
}

export interface TrafficOptions {
  readonly ingestUrl: string;
  readonly secret: string;
  readonly seed: number;
  readonly senders: number;
  readonly batchMax: number;
  /** The share of events that are sent again after they were acknowledged, from 0 to 1. */
  readonly resendShare: number;
  /** Ends by itself after this many events, over all senders. */
  readonly eventsMax?: number;
  /** A pause between the batches of a sender. */
  readonly pauseMs?: number;
  /** The newest time of an event. Absent: now. */
  readonly untilMs?: number;
  /** The share of batches that are not sent again when there is no answer. */
  readonly giveUpShare?: number;
  /** The share of batches whose worst case is reserved before. A third of the reservations is left to expire. */
  readonly reservedShare?: number;
}

interface SentEvent {
  readonly body: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly quantities: Quantities;
}

const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_PAUSE_MS = 100;
/** The prompt tokens of one user message `hello world` for gpt-4o: 3 + 3 + 1 for the role + 2 for the text. */
const HELLO_PROMPT_TOKENS = 9;
const REFUSED_SHARE = 0.02;
const LEFT_SHARE = 1 / 3;
/** The shortest there is. */
const LEFT_SECONDS = 5;
const RESERVED_SECONDS = 20;
/** The models of the traffic: each has a list price. */
export const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1'] as const;
const INPUT_MAX = 10_000;
const OUTPUT_MAX = 2_000;

export function startTraffic(options: TrafficOptions): Traffic {
  const { giveUpShare = 0, reservedShare = 0 } = options;
  const state = { isStopping: false, eventsLeft: options.eventsMax ?? Number.POSITIVE_INFINITY, acknowledged: 0 };
  const startedAtMs = Date.now();
  const writer = openJournal();

  const runSender = async (sender: number): Promise<void> => {
    const random = createRandom(options.seed * 1_000 + sender);
    for (let batchNumber = 0; !state.isStopping && state.eventsLeft > 0; batchNumber += 1) {
      const size = Math.min(1 + random.below(options.batchMax), state.eventsLeft);
      state.eventsLeft -= size;
      const untilMs = options.untilMs ?? startedAtMs;
      const events = Array.from({ length: size }, (_, index) =>
        createEvent({ id: `s${options.seed}-${sender}-${batchNumber}-${index}`, random, untilMs }),
      );
      if (random.next() < REFUSED_SHARE * size) events.push(createInvalidEvent(`bad-${sender}-${batchNumber}`));
      const isGivenUp = random.next() < giveUpShare;
      const reservation = random.next() < reservedShare ? await reserve(options, random) : undefined;
      const [first, ...others] = events;
      const sent =
        first === undefined || reservation === undefined
          ? events
          : [{ ...first, body: { ...first.body, reservation } }, ...others];
      if (!(await deliver(sent, isGivenUp))) continue;
      state.acknowledged += size;
      const again = sent.slice(0, size).filter(() => random.next() < options.resendShare);
      if (again.length > 0) await deliver(again, isGivenUp);
      if (options.pauseMs !== undefined) await pause(options.pauseMs);
    }
  };

  /** Whether they were acknowledged. */
  const deliver = async (events: readonly SentEvent[], isGivenUp: boolean): Promise<boolean> => {
    const journal = await writer;
    const intent = Object.fromEntries(events.map(({ body, quantities }) => [body.id, quantities]));
    for (;;) {
      const request = await journal.begin(intent);
      const answer = await post(
        options,
        events.map(({ body }) => body),
      );
      if (answer === undefined) {
        await journal.end(request, { kind: 'unknown' });
        await pause(RETRY_PAUSE_MS);
        if (isGivenUp) return false;
        continue;
      }
      await journal.end(request, { kind: 'ok', rejected: answer.rejected.map(({ id }) => id) });
      const unexpected = answer.rejected.filter(({ id }) => !id.startsWith('bad-'));
      if (unexpected.length > 0) throw new Error(`refused without reason: ${JSON.stringify(unexpected)}`);
      return true;
    }
  };

  const senders = Promise.all(Array.from({ length: options.senders }, (_, sender) => runSender(sender)));
  senders.catch(() => undefined);
  const done = async (): Promise<Journal> => {
    try {
      await senders;
    } catch (error) {
      await (await writer).close();
      throw error;
    }
    return await (await writer).close();
  };
  return {
    get acknowledged() {
      return state.acknowledged;
    },
    done,
    stop() {
      state.isStopping = true;
      return done();
    },
  };
}

function createEvent(options: {
  readonly id: string;
  readonly random: SeededRandom;
  readonly untilMs: number;
}): SentEvent {
  const { id, random, untilMs } = options;
  const model = MODELS[random.below(MODELS.length)] ?? 'gpt-4o';
  const time = new Date(untilMs - random.below(2 * 60 * 60 * 1000)).toISOString();
  const common = {
    id,
    time,
    type: 'llm.chat',
    provider: 'openai',
    model,
    metadata: { feature: `f${random.below(3)}` },
  };
  if (random.next() < 0.1) {
    const input = { messages: [{ role: 'user', content: 'hello world' }] };
    return { body: { ...common, input }, quantities: { model, input: HELLO_PROMPT_TOKENS, output: 0 } };
  }
  const quantities = { model, input: random.below(INPUT_MAX), output: random.below(OUTPUT_MAX) };
  const usage = {
    prompt_tokens: quantities.input,
    completion_tokens: quantities.output,
    total_tokens: quantities.input + quantities.output,
  };
  return { body: { ...common, usage }, quantities };
}

function createInvalidEvent(id: string): SentEvent {
  const body = { id, time: '2001-01-01T00:00:00Z', type: 'llm.chat', model: 'gpt-4o', usage: { prompt_tokens: 1 } };
  return { body, quantities: { model: 'gpt-4o', input: 0, output: 0 } };
}

/** Undefined: not allowed, not known, or left to expire. */
async function reserve(options: TrafficOptions, random: SeededRandom): Promise<string | undefined> {
  const isLeft = random.next() < LEFT_SHARE;
  const request = { provider: 'openai', model: MODELS[0], input_tokens: INPUT_MAX, max_output_tokens: OUTPUT_MAX };
  const ttl = isLeft ? LEFT_SECONDS : RESERVED_SECONDS;
  const answer = await ask(options, '/v1/authorizations', { ...request, ttl_seconds: ttl });
  if (answer?.status !== 200 || isLeft) return undefined;
  const { reservation }: { readonly reservation?: string } = JSON.parse(answer.text);
  return reservation;
}

/** The answer, or undefined when there was none or the service could not say: then it must be sent again. */
async function post(
  options: TrafficOptions,
  bodies: readonly unknown[],
): Promise<{ readonly rejected: readonly { readonly id: string }[] } | undefined> {
  const answer = await ask(options, '/v1/events', bodies);
  if (answer === undefined || answer.status >= 500) return undefined;
  if (answer.status !== 202 && answer.status !== 207) throw new Error(`${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

async function ask(
  { ingestUrl, secret }: TrafficOptions,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string } | undefined> {
  try {
    const res = await fetch(`${ingestUrl}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return { status: res.status, text: await res.text() };
  } catch {
    return undefined;
  }
}
