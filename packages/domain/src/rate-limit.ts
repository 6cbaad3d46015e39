// Rates by the generic cell rate algorithm, as the continuous-state leaky bucket of ITU-T I.371: what is used fills a
// bucket, which drains at the rate. All state is whole numbers below 2^53, so that this and the script that runs inside
// Redis come to the same answer, to the digit.

export interface RateLimit {
  /** What drains in a minute: whole, from 1 to `RATE_MAX`. */
  readonly perMinute: number;
  /** What fits at once: whole, from 1 to `RATE_MAX`. */
  readonly burst: number;
  /** How far past its end the bucket can be charged, in minutes of draining: whole, from 0 to `DEBT_MINUTES_MAX`. */
  readonly debtMinutes: number;
}

/** How full a bucket was, and when. */
export interface BucketState {
  /** In parts of a unit, `PARTS_PER_UNIT` each. */
  readonly level: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** What a request wants of one bucket. */
export interface RateRequest {
  /** Undefined: nobody has used it for as long as it takes to drain. */
  readonly state: BucketState | undefined;
  readonly limit: RateLimit;
  /** Units it takes, whole; 0 asks whether one more would fit. */
  readonly cost: number;
}

/** How it stands with one bucket after a decision. */
export interface RateStanding {
  /** Whole units that would still fit. */
  readonly remaining: number;
  /** Until what was asked for fits; 0 when it did. */
  readonly retryAfterMs: number;
  /** Until the bucket is empty again. */
  readonly resetAfterMs: number;
}

export interface RateDecision {
  readonly isAllowed: boolean;
  readonly states: readonly BucketState[];
  readonly standings: readonly RateStanding[];
}

export const RATE_MAX = 1_000_000_000;
export const DEBT_MINUTES_MAX = 60;

/** A bucket of `perMinute` units drains `perMinute` parts in a millisecond. */
const PARTS_PER_UNIT = 60_000;

/** All or nothing: the request is allowed when it fits into each bucket, and only then it fills them. */
export function decideRate(requests: readonly RateRequest[], nowMs: number): RateDecision {
  const levels = requests.map(({ state, limit }) => levelAt(state, limit, nowMs));
  const waits = requests.map((request, index) => waitMs(request, levels[index] ?? 0));
  const isAllowed = waits.every((wait) => wait === 0);
  const states = requests.map(({ limit, cost }, index) => {
    const level = levels[index] ?? 0;
    return { level: isAllowed ? filled(level, limit, cost) : level, atMs: nowMs };
  });
  const standings = requests.map(({ limit }, index) => ({
    ...standingOf(states[index]?.level ?? 0, limit),
    retryAfterMs: waits[index] ?? 0,
  }));
  return { isAllowed, states, standings };
}

/** Fills the bucket with what was used already, whether it fits or not. */
export function chargeRate({ state, limit, cost }: RateRequest, nowMs: number): BucketState {
  return { level: filled(levelAt(state, limit, nowMs), limit, cost), atMs: nowMs };
}

/** Until one more unit fits; 0 when it does now. */
export function rateWaitMs(request: Omit<RateRequest, 'cost'>, nowMs: number): number {
  return waitMs({ ...request, cost: 1 }, levelAt(request.state, request.limit, nowMs));
}

function levelAt(state: BucketState | undefined, limit: RateLimit, nowMs: number): number {
  if (state === undefined) return 0;
  // A clock that was set back drains nothing, and does not stop the draining from then on.
  const elapsedMs = Math.max(0, nowMs - state.atMs);
  // A limit that was lowered forgives what lies past its debt.
  return Math.max(0, Math.min(state.level, levelMax(limit)) - elapsedMs * limit.perMinute);
}

function filled(level: number, limit: RateLimit, cost: number): number {
  const most = levelMax(limit);
  // Bounded before it is added, or the sum would leave the whole numbers.
  return Math.min(level + Math.min(cost * PARTS_PER_UNIT, most), most);
}

function levelMax({ perMinute, burst, debtMinutes }: RateLimit): number {
  return (burst + debtMinutes * perMinute) * PARTS_PER_UNIT;
}

function waitMs({ limit: { perMinute, burst }, cost }: RateRequest, level: number): number {
  const over = level + Math.max(cost, 1) * PARTS_PER_UNIT - burst * PARTS_PER_UNIT;
  return Math.max(0, Math.ceil(over / perMinute));
}

function standingOf(level: number, { perMinute, burst }: RateLimit): Omit<RateStanding, 'retryAfterMs'> {
  return {
    remaining: Math.max(0, Math.floor((burst * PARTS_PER_UNIT - level) / PARTS_PER_UNIT)),
    resetAfterMs: Math.ceil(level / perMinute),
  };
}
