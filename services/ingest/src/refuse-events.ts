// Whether a key may report its own usage: not when it is over a limit that blocks, and that says it refuses reports too. Only
// for keys with such a limit the counters are asked; while they are not known, usage that happened is taken.

import type { Limit } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { customerOfReservation, demandsOf, TollgateError } from '@tollgate/domain';
import type { LimitCounters } from '@tollgate/limits';
import type { Logger } from '@tollgate/runtime';
import { type LimitBook, ORGANIZATION, type OwnerLimits } from './authorizations/limit-book.ts';
import type { Draft } from './draft.ts';

type MaybePromise<Value> = Value | Promise<Value>;

export interface EventRefuser {
  /** Fails with `quota_exceeded` or `spend_limit_exceeded`. Synchronous for a caller without such a limit. */
  check(caller: Caller, drafts: readonly Draft[], nowMs: number): MaybePromise<void>;
}

const RETRY_SECONDS_MAX = 3_600;
const NO_USE = { requests: 0n, inputTokens: 0n, outputTokens: 0n, costPico: 0n };

export function createEventRefuser(parts: {
  readonly book: LimitBook;
  readonly counters: LimitCounters;
  readonly logger: Logger;
}): EventRefuser {
  const { book, counters, logger } = parts;

  const refuse = async (asked: Asked, owners: readonly OwnerLimits[]): Promise<void> => {
    for (const limits of owners) {
      const demands = refusingDemands(asked, limits);
      if (demands.length === 0) continue;
      const readings = await counters
        .read(
          limits.owner,
          demands.map(({ demand }) => demand),
        )
        .catch(() => []);
      const over = demands.find((_, at) => {
        const reading = readings[at];
        return reading?.isKnown === true && reading.used >= (demands[at]?.demand.amount ?? reading.used + 1n);
      });
      if (over !== undefined) throw overLimit(over, asked.nowMs);
    }
  };

  const check = async (asked: Asked, found: readonly MaybePromise<OwnerLimits | null>[]): Promise<void> => {
    let owners: readonly (OwnerLimits | null)[];
    try {
      owners = await Promise.all(found);
    } catch (err) {
      logger.warn({ err }, 'limits could not be read: usage is taken without asking them');
      return;
    }
    await refuse(asked, owners.filter(isRefusing));
  };

  return {
    check(caller, drafts, nowMs) {
      const { customerId } = caller;
      if (customerId === null) return;
      const [ofCustomer, ofAll] = [book.limitsOf(customerId), book.limitsOf(ORGANIZATION)];
      const isKnown = !(ofCustomer instanceof Promise) && !(ofAll instanceof Promise);
      if (isKnown && !isRefusing(ofCustomer) && !isRefusing(ofAll)) return;
      const own = drafts.filter((draft) => isOwnUse(draft, caller, customerId));
      const asked = { caller, customerId, models: new Set(own.map(({ model }) => model)), nowMs };
      return own.length === 0 ? undefined : check(asked, [ofCustomer, ofAll]);
    },
  };
}

interface Asked {
  readonly caller: Caller;
  readonly customerId: string;
  readonly models: ReadonlySet<string>;
  readonly nowMs: number;
}

/** What was let through before may be reported: its reservation waits for it. */
function isOwnUse({ kind, key, reservation }: Draft, { keyId }: Caller, customerId: string): boolean {
  if (kind !== 'event' || (key !== undefined && key !== keyId)) return false;
  return reservation === undefined || customerOfReservation(reservation) !== customerId;
}

function isRefusing(owner: OwnerLimits | null): owner is OwnerLimits {
  return owner?.hasRefusing === true;
}

type RefusingDemand = ReturnType<typeof demandsOf<Limit>>[number];

function refusingDemands({ caller, customerId, models, nowMs }: Asked, limits: OwnerLimits): readonly RefusingDemand[] {
  const { keyId, projectId } = caller;
  const found = new Map<string, RefusingDemand>();
  for (const model of models) {
    const subject = { keyId, projectId, customerId, model };
    const rules = limits.applyingTo(subject).filter(({ refusesEvents }) => refusesEvents);
    for (const timed of demandsOf({ rules, windows: limits.windows, subject, use: NO_USE, nowMs })) {
      if (timed.demand.mode === 'block') found.set(timed.rule.id, timed);
    }
  }
  return [...found.values()];
}

function overLimit({ rule, window }: RefusingDemand, nowMs: number): TollgateError {
  const endMs = window?.endMs ?? nowMs + 60_000;
  return new TollgateError({
    code: rule.metric === 'cost' ? 'spend_limit_exceeded' : 'quota_exceeded',
    detail: `The limit of ${rule.metric} for each ${rule.window.replace('_', ' ')} is used up, and it refuses reports of usage too. Nothing of the request was kept.`,
    retryAfterSeconds: Math.min(RETRY_SECONDS_MAX, Math.max(1, (endMs - nowMs) / 1_000)),
  });
}
