// Unusual use of an API key: one stated rule each, decided from what is known of the key's use. Pure; the same facts give
// the same alerts with the same windows, so that whoever keeps them tells each once.

export const UNUSUAL_USE_RULES = ['new_network', 'jump', 'many_networks', 'old_secret', 'retired_secret'] as const;

export type UnusualUseRule = (typeof UNUSUAL_USE_RULES)[number];

/** A key that was first used so long ago, and has made so many requests, has habits. */
export const HABIT_AGE_MIN_MS = 7 * 24 * 60 * 60_000;
export const HABIT_REQUESTS_MIN = 100n;
/** An hour with more than so many times the requests of the busiest of the seven days before it is a jump, */
export const JUMP_FACTOR = 5n;
/** but not below so many requests, nor for a key whose first use is younger than a day. */
export const JUMP_REQUESTS_MIN = 1_000n;
export const JUMP_AGE_MIN_MS = 24 * 60 * 60_000;
export const JUMP_BASELINE_MS = 7 * 24 * 60 * 60_000;
/** More networks than these within so long are many. */
export const NETWORKS_MAX = 20;
export const NETWORKS_WITHIN_MS = 10 * 60_000;

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** What is known of a key's use. A network is the /24 of a v4 address, the /48 of a v6 address. */
export interface KeyUseFacts {
  readonly firstUsedAtMs: number;
  /** Since it is known. */
  readonly requests: bigint;
  /** Seen for the first time in this hour of the clock, and later than the key was. */
  readonly newNetworks: readonly string[];
  /** Within `NETWORKS_WITHIN_MS`. */
  readonly recentNetworks: number;
  /** In this hour of the clock. */
  readonly requestsThisHour: bigint;
  /** Of the busiest hour of the clock within `JUMP_BASELINE_MS` before this one. */
  readonly requestsBusiestHour: bigint;
  /** Secrets that were used after a new one had taken their place. */
  readonly oldSecrets: readonly { readonly id: string; readonly address: string | null }[];
  /** Attempts with a secret whose grace has ended, today in UTC, and from where. */
  readonly retiredAttempts: bigint;
  readonly retiredSources: readonly string[];
}

export interface UnusualUse {
  readonly rule: UnusualUseRule;
  /** An alert of the same rule and window is the same one. */
  readonly window: string;
  readonly facts: { readonly [name: string]: string | bigint | number | null | readonly string[] };
  /** A sentence for people. */
  readonly detail: string;
}

export function findUnusualUse(use: KeyUseFacts, nowMs: number): readonly UnusualUse[] {
  return [newNetwork, jump, manyNetworks, oldSecrets, retiredSecret].flatMap((rule) => rule(use, nowMs));
}

function newNetwork({ firstUsedAtMs, requests, newNetworks }: KeyUseFacts, nowMs: number): readonly UnusualUse[] {
  if (newNetworks.length === 0 || nowMs - firstUsedAtMs < HABIT_AGE_MIN_MS || requests < HABIT_REQUESTS_MIN) return [];
  const detail = `The key is used from ${listOf(newNetworks)}, where it was never used before.`;
  return [{ rule: 'new_network', window: hourOf(nowMs), facts: { networks: newNetworks }, detail }];
}

function jump(use: KeyUseFacts, nowMs: number): readonly UnusualUse[] {
  const { firstUsedAtMs, requestsThisHour: now, requestsBusiestHour: before } = use;
  if (now < JUMP_REQUESTS_MIN || now <= JUMP_FACTOR * before || nowMs - firstUsedAtMs < JUMP_AGE_MIN_MS) return [];
  const detail = `The key has made ${now} requests in this hour; the busiest hour of the seven days before had ${before}.`;
  return [{ rule: 'jump', window: hourOf(nowMs), facts: { requests: now, busiest_hour_before: before }, detail }];
}

function manyNetworks({ recentNetworks }: KeyUseFacts, nowMs: number): readonly UnusualUse[] {
  if (recentNetworks <= NETWORKS_MAX) return [];
  const minutes = NETWORKS_WITHIN_MS / 60_000;
  const detail = `The key was used from ${recentNetworks} networks within ${minutes} minutes.`;
  return [{ rule: 'many_networks', window: hourOf(nowMs), facts: { networks: recentNetworks }, detail }];
}

function oldSecrets({ oldSecrets: used }: KeyUseFacts): readonly UnusualUse[] {
  return used.map(({ id, address }) => ({
    rule: 'old_secret',
    window: id,
    facts: { secret: id, address },
    detail: `The old secret ${id} is still used${address === null ? '' : ` from ${address}`}, after a new one took its place.`,
  }));
}

function retiredSecret({ retiredAttempts, retiredSources }: KeyUseFacts, nowMs: number): readonly UnusualUse[] {
  if (retiredAttempts === 0n) return [];
  const detail = `Somebody at ${listOf(retiredSources)} still tries a secret of the key that has ended.`;
  const facts = { attempts: retiredAttempts, sources: retiredSources };
  return [{ rule: 'retired_secret', window: dayOf(nowMs), facts, detail }];
}

function listOf(names: readonly string[]): string {
  return names.join(', ');
}

function hourOf(nowMs: number): string {
  return new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS).toISOString();
}

function dayOf(nowMs: number): string {
  return new Date(Math.floor(nowMs / DAY_MS) * DAY_MS).toISOString();
}
