// A thousand callers in four processes, on a key with a quota and a budget. What they tell of themselves is held against the
// limits by itself, without what the counters say: at no instant was more promised and used than a limit has.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./asking-process.mjs', import.meta.url));
const PROCESSES = 4;
const CALLERS_OF_EACH = 250;

/** What a token of each kind costs, in picounits. */
export interface Rates {
  readonly input: bigint;
  readonly output: bigint;
}

export interface Asking {
  /** Of the processes of ingest. */
  readonly urls: readonly string[];
  readonly secret: string;
  readonly seed: number;
  readonly asksOfEach: number;
  /** What is asked for, up to so many tokens, one as often as the other. */
  readonly models: readonly { readonly model: string; readonly inputMax: number; readonly outputMax: number }[];
  readonly ttlSeconds: number;
  /** Of those that nobody settles or gives back. */
  readonly leftTtlSeconds: number;
}

interface Allowed {
  readonly kind: 'allowed';
  readonly fate: 'left' | 'released' | 'settled';
  readonly model: string;
  readonly inputTokens: number;
  /** At most. */
  readonly outputTokens: number;
  /** Held at least from the one to the other. */
  readonly heldFromMs: number;
  readonly endsAtMs: number;
  /** What was really used, where it was settled. */
  readonly outputUsed?: number;
}

type Outcome =
  | Allowed
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unanswered'; readonly status: number | null; readonly text: string };

/** Of one limit each. */
export interface Amounts {
  readonly tokens: bigint;
  readonly costPico: bigint;
}

export interface Burnt {
  readonly allowed: readonly Allowed[];
  /** The codes of refusals, by how often each came. */
  readonly refused: ReadonlyMap<string, number>;
  readonly unanswered: readonly Extract<Outcome, { kind: 'unanswered' }>[];
  /** What was settled. */
  readonly used: Amounts;
  /** The most that was promised and used at any instant. */
  readonly peak: Amounts;
}

/** Begins with all callers at once; `meanwhile` is done once they have begun. */
export async function openFire(
  asking: Asking,
  of: { readonly ratesOf: (model: string) => Rates; readonly meanwhile: () => Promise<void> },
): Promise<Burnt> {
  const children = Array.from({ length: PROCESSES }, (_, at) => {
    const options = { ...asking, seed: asking.seed * PROCESSES + at, callers: CALLERS_OF_EACH };
    return fork(PROGRAM, [JSON.stringify(options)]);
  });
  try {
    await Promise.all(children.map(nextMessage));
    const told = Promise.all(children.map(nextMessage));
    for (const child of children) child.send('go');
    const [outcomes] = await Promise.all([told, of.meanwhile()]);
    return add(outcomes.flat() as readonly Outcome[], of.ratesOf);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const end = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('a process of callers ended before its time');
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: ended.signal }), end]);
    return message;
  } finally {
    ended.abort();
    end.catch(() => undefined);
  }
}

function add(outcomes: readonly Outcome[], ratesOf: (model: string) => Rates): Burnt {
  const allowed = outcomes.filter((outcome) => outcome.kind === 'allowed');
  const refused = new Map<string, number>();
  for (const outcome of outcomes) {
    if (outcome.kind === 'refused') refused.set(outcome.code, (refused.get(outcome.code) ?? 0) + 1);
  }
  const worst = (each: Allowed): Amounts => amounts(each, each.outputTokens, ratesOf);
  const used = (each: Allowed): Amounts =>
    each.outputUsed === undefined ? { tokens: 0n, costPico: 0n } : amounts(each, each.outputUsed, ratesOf);
  const steps = allowed.flatMap((each) => [
    { atMs: each.heldFromMs, change: worst(each) },
    { atMs: each.endsAtMs, change: minus(used(each), worst(each)) },
  ]);
  return {
    allowed,
    refused,
    unanswered: outcomes.filter((outcome) => outcome.kind === 'unanswered'),
    used: allowed.map(used).reduce(plus, { tokens: 0n, costPico: 0n }),
    peak: peakOf(steps),
  };
}

function peakOf(steps: readonly { readonly atMs: number; readonly change: Amounts }[]): Amounts {
  // Of one millisecond what ends goes first: which came first is not known.
  const inOrder = steps.toSorted(
    (one, other) => one.atMs - other.atMs || Number(one.change.tokens - other.change.tokens),
  );
  let now: Amounts = { tokens: 0n, costPico: 0n };
  let peak = now;
  for (const { change } of inOrder) {
    now = plus(now, change);
    peak = { tokens: larger(now.tokens, peak.tokens), costPico: larger(now.costPico, peak.costPico) };
  }
  return peak;
}

function amounts({ model, inputTokens }: Allowed, outputTokens: number, ratesOf: (model: string) => Rates): Amounts {
  const { input, output } = ratesOf(model);
  return {
    tokens: BigInt(inputTokens + outputTokens),
    costPico: BigInt(inputTokens) * input + BigInt(outputTokens) * output,
  };
}

function larger(one: bigint, other: bigint): bigint {
  if (one > other) return one;
  return other;
}

function plus(one: Amounts, other: Amounts): Amounts {
  return { tokens: one.tokens + other.tokens, costPico: one.costPico + other.costPico };
}

function minus(one: Amounts, other: Amounts): Amounts {
  return { tokens: one.tokens - other.tokens, costPico: one.costPico - other.costPico };
}
