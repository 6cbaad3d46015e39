// Holds a request's worst case against every limit that applies: in one step at its customer, and before that, where the
// organization has limits too, in one step there, since those counters lie elsewhere. What the customer's limits refuse is
// let go at the organization again.

import type { Limit } from '@tollgate/accounts';
import type { LimitDemand, ReserveOutcome, TimedDemand } from '@tollgate/domain';
import type { LimitCounters } from '@tollgate/limits';
import type { Allowances } from './allowances.ts';
import type { LimitStanding } from './authorization.ts';

/** The limits of one owner that apply to a request. */
export interface OwnedDemands {
  readonly owner: string;
  readonly timed: readonly TimedDemand<Limit>[];
}

interface ReserveRequest {
  readonly reservationId: string;
  readonly ttlMs: number;
  readonly nowMs: number;
  /** The organization's first. */
  readonly owned: readonly OwnedDemands[];
}

export type Reserved =
  | { readonly allowed: true; readonly standings: readonly LimitStanding[] }
  | { readonly allowed: false; readonly reason: 'exhausted' | 'unknown'; readonly standing: LimitStanding };

export interface Reserver {
  /** Never rejects: while the counters are away each limit follows its `on_unavailable`. */
  reserve(request: ReserveRequest): Promise<Reserved>;
}

export function createReserver(parts: { readonly counters: LimitCounters; readonly allowances: Allowances }): Reserver {
  const { counters, allowances } = parts;

  const letGo = (owner: string, reservationId: string): void => {
    // Whoever asked need not wait for it; what is not let go expires.
    counters.release(owner, reservationId).catch(() => undefined);
  };

  const reserveAt = async ({ owner, timed }: OwnedDemands, request: ReserveRequest): Promise<Reserved> => {
    const { reservationId, ttlMs, nowMs } = request;
    const demands = timed.map(({ demand }) => demand);
    const taken = allowances.take(demands, { nowMs, expiresAtMs: nowMs + ttlMs });
    const cautious = demands.map((demand, at) => ({
      ...demand,
      allowanceWhenUnknown: taken.allowances[at] ?? null,
    }));
    let outcome: ReserveOutcome;
    try {
      outcome = await counters.reserve(owner, { reservationId, ttlMs, demands: cautious });
    } catch {
      outcome = decideAlone(cautious);
      // It may have been held all the same, and the answer was late.
      if (!outcome.allowed) letGo(owner, reservationId);
    }
    taken.end(outcome.allowed ? outcome.remaining : undefined);
    return toReserved(timed, outcome);
  };

  return {
    async reserve(request) {
      const standings: LimitStanding[] = [];
      const held: string[] = [];
      for (const owned of request.owned) {
        const reserved = await reserveAt(owned, request);
        if (!reserved.allowed) {
          for (const owner of held) letGo(owner, request.reservationId);
          return reserved;
        }
        held.push(owned.owner);
        standings.push(...reserved.standings);
      }
      return { allowed: true, standings };
    },
  };
}

/** As the counters decide while they are not known. */
function decideAlone(demands: readonly LimitDemand[]): ReserveOutcome {
  const refusing = demands.find(({ mode, allowanceWhenUnknown }) => mode === 'block' && allowanceWhenUnknown === null);
  if (refusing === undefined) return { allowed: true, remaining: demands.map(() => null) };
  return { allowed: false, limitId: refusing.limit.id, reason: 'unknown', remaining: 0n };
}

function toReserved(timed: readonly TimedDemand<Limit>[], outcome: ReserveOutcome): Reserved {
  if (outcome.allowed) {
    const { remaining } = outcome;
    return { allowed: true, standings: timed.map((each, at) => ({ timed: each, remaining: remaining[at] ?? null })) };
  }
  const refusing = timed.find(({ rule }) => rule.id === outcome.limitId);
  if (refusing === undefined) throw new Error('A limit refused that was not asked.');
  const remaining = outcome.reason === 'unknown' ? null : outcome.remaining;
  return { allowed: false, reason: outcome.reason, standing: { timed: refusing, remaining } };
}
