// Traffic with a journal. Senders post batches as a careful client would: they send again, with the same ids, whatever
// was not answered. The journal of what was acknowledged is the oracle that the system is held against.

import { setTimeout as pause } from 'node:timers/promises';
import { createRandom, type SeededRandom } from '../support/random.ts';

/** What an event must come to. */
interface Quantities {
  readonly input: number;
  readonly output: number;
}

export interface Journal {
  /** The events that were answered 202 (or told to be duplicates), each once. */
  readonly acknowledged: Map<string, Quantities>;
  /** The ids that were refused: none of them may ever be stored. */
  readonly refused: Set<string>;
  /** Copies of acknowledged events that were sent again and acknowledged again. */
  copies: number;
  /** Requests that got no answer, or a 5xx, and were sent again. */
  retries: number;
}

export interface Traffic {
  readonly journal: Journal;
  /** Ends the sending once every batch begun is acknowledged, and resolves then. */
  stop(): Promise<void>;
  /** Resolves when every sender has sent its share (with `eventsMax`). */
  done(): Promise<void>;
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

export function startTraffic(options: TrafficOptions): Traffic {
  const journal: Journal = { acknowledged: new Map(), refused: new Set(), copies: 0, retries: 0 };
  const state = { isStopping: false, eventsLeft: options.eventsMax ?? Number.POSITIVE_INFINITY };
  const startedAtMs = Date.now();

  const runSender = async (sender: number): Promise<void> => {
    const random = createRandom(options.seed * 1_000 + sender);
    for (let batchNumber = 0; !state.isStopping && state.eventsLeft > 0; batchNumber += 1) {
      const size = Math.min(1 + random.below(options.batchMax), state.eventsLeft);
      state.eventsLeft -= size;
      const events = Array.from({ length: size }, (_, index) =>
        createEvent({ id: `s${options.seed}-${sender}-${batchNumber}-${index}`, random, startedAtMs }),
      );
      const invalid = random.next() < REFUSED_SHARE * size ? [createInvalidEvent(`bad-${sender}-${batchNumber}`)] : [];
      await deliver([...events.map((event) => event.body), ...invalid]);
      for (const event of events) journal.acknowledged.set(event.body.id, event.quantities);
      const again = events.filter(() => random.next() < options.resendShare);
      if (again.length > 0) {
        await deliver(again.map((event) => event.body));
        journal.copies += again.length;
      }
      if (options.pauseMs !== undefined) await pause(options.pauseMs);
    }
  };

  const deliver = async (
    bodies: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[],
  ): Promise<void> => {
    for (;;) {
      const answer = await post(options, bodies);
      if (answer === undefined) {
        journal.retries += 1;
        await pause(RETRY_PAUSE_MS);
        continue;
      }
      for (const { id } of answer.rejected) journal.refused.add(id);
      const unexpected = answer.rejected.filter(({ id }) => !id.startsWith('bad-'));
      if (unexpected.length > 0) throw new Error(`refused without reason: ${JSON.stringify(unexpected)}`);
      return;
    }
  };

  const senders = Promise.all(Array.from({ length: options.senders }, (_, sender) => runSender(sender)));
  return {
    journal,
    done: async () => {
      await senders;
    },
    stop: async () => {
      state.isStopping = true;
      await senders;
    },
  };
}

function createEvent(options: {
  readonly id: string;
  readonly random: SeededRandom;
  readonly startedAtMs: number;
}): SentEvent {
  const { id, random, startedAtMs } = options;
  const model = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1'][random.below(3)];
  const time = new Date(startedAtMs - random.below(2 * 60 * 60 * 1000)).toISOString();
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
    return { body: { ...common, input }, quantities: { input: HELLO_PROMPT_TOKENS, output: 0 } };
  }
  const quantities = { input: random.below(10_000), output: random.below(2_000) };
  const usage = {
    prompt_tokens: quantities.input,
    completion_tokens: quantities.output,
    total_tokens: quantities.input + quantities.output,
  };
  return { body: { ...common, usage }, quantities };
}

function createInvalidEvent(id: string): Readonly<Record<string, unknown>> & { readonly id: string } {
  return { id, time: '2001-01-01T00:00:00Z', type: 'llm.chat', model: 'gpt-4o', usage: { prompt_tokens: 1 } };
}

/** The answer, or undefined when there was none or the service could not say: then it must be sent again. */
async function post(
  options: TrafficOptions,
  bodies: readonly unknown[],
): Promise<{ readonly rejected: readonly { readonly id: string }[] } | undefined> {
  let res: Response;
  let text: string;
  try {
    res = await fetch(`${options.ingestUrl}/v1/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${options.secret}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(bodies),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    text = await res.text();
  } catch {
    return undefined;
  }
  if (res.status >= 500) return undefined;
  if (res.status !== 202 && res.status !== 207) throw new Error(`${res.status}: ${text}`);
  return JSON.parse(text) as { rejected: { id: string }[] };
}
