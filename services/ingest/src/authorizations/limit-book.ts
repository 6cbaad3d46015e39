// The limits of every owner and the prices, as they stand now: read once, and followed by what the accounts store tells of
// changes. No I/O for an owner that is known.

import type { Accounts, AccountsWatch, Limit, PriceReader } from '@tollgate/accounts';
import { type Freshness, WatchedCache } from '@tollgate/auth';
import {
  createLimitWindows,
  type LimitSubject,
  type LimitWindows,
  limitApplies,
  type PriceBook,
} from '@tollgate/domain';
import type { Clock, Logger } from '@tollgate/runtime';

type MaybePromise<Value> = Value | Promise<Value>;

/** Whose counters the organization's limits are among. */
export const ORGANIZATION = 'organization';

export interface OwnerLimits {
  readonly owner: string;
  /** Of its budgets, ISO 4217. */
  readonly currency: string;
  readonly windows: LimitWindows;
  /** Of keys that report their own usage some limits refuse the reports: false when none does. */
  readonly hasRefusing: boolean;
  applyingTo(subject: LimitSubject): readonly Limit[];
}

export interface LimitBook {
  /** Of a customer, or of the `ORGANIZATION`. Null: there is no such owner. Rejects with `unavailable`. */
  limitsOf(owner: string): MaybePromise<OwnerLimits | null>;
  /** With every version that applies now. Rejects with `unavailable`. */
  prices(): MaybePromise<PriceBook>;
  close(): Promise<void>;
}

/** Owners remembered at most. */
const OWNERS_MAX = 50_000;
/** As long as changes are heard of, at least so long ago, what is remembered is trusted. */
const TRUSTED_MS = 1_000;
/** What the store says of a change of prices. */
const PRICES_CHANGED = 'prices';

export async function createLimitBook(parts: {
  readonly accounts: Pick<Accounts, 'limitSet' | 'watch'>;
  readonly prices: PriceReader;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<LimitBook> {
  const { accounts, prices, clock, logger } = parts;
  let watch: AccountsWatch | undefined;
  const freshness: Freshness = {
    now: () => clock.now(),
    confirmedAtMs: () => watch?.confirmedAtMs ?? Number.NEGATIVE_INFINITY,
  };
  const owners = new WatchedCache<OwnerLimits>({
    freshness,
    valuesMax: OWNERS_MAX,
    idsOf: ({ owner }) => [idOf(owner)],
  });

  /** Grows with each change of prices that is heard of; the book has them up to `readChanges`. */
  let changes = 1;
  let readChanges = 0;
  const readPrices = async (): Promise<PriceBook> => {
    const heard = changes;
    await prices.refresh();
    readChanges = Math.max(readChanges, heard);
    return prices.book;
  };

  watch = await accounts.watch((id) => {
    owners.forget(id);
    if (id !== null && id !== PRICES_CHANGED) return;
    changes += 1;
    readPrices().catch((err: unknown) =>
      logger.warn({ err }, 'prices could not be read; the next request tries again'),
    );
  });
  const { close } = watch;

  return {
    limitsOf(owner) {
      const id = idOf(owner);
      const known = owners.recall(id);
      if (known !== undefined) return known;
      return owners.read(id, async () => {
        const set = await accounts.limitSet(owner === ORGANIZATION ? null : owner);
        return set === null ? null : toOwnerLimits(owner, set);
      });
    },
    prices() {
      const isHeard = Math.abs(clock.now() - freshness.confirmedAtMs()) < TRUSTED_MS;
      return isHeard && readChanges === changes ? prices.book : readPrices();
    },
    close,
  };
}

function idOf(owner: string): string {
  return `limits:${owner}`;
}

function toOwnerLimits(
  owner: string,
  { calendar, currency, limits }: NonNullable<Awaited<ReturnType<Accounts['limitSet']>>>,
): OwnerLimits {
  // By what they are of: a customer may have a limit on each of thousands of keys.
  const byScope = new Map<string, Limit[]>();
  for (const limit of limits) {
    const id = limit.scope.kind === 'organization' ? ORGANIZATION : limit.scope.id;
    const same = byScope.get(id);
    if (same === undefined) byScope.set(id, [limit]);
    else same.push(limit);
  }
  return {
    owner,
    currency,
    windows: createLimitWindows(calendar),
    hasRefusing: limits.some(({ refusesEvents, mode }) => refusesEvents && mode === 'block'),
    applyingTo(subject) {
      if (limits.length === 0) return limits;
      const { keyId, projectId, customerId } = subject;
      return [keyId, projectId, customerId, ORGANIZATION]
        .flatMap((id) => (id === null ? [] : (byScope.get(id) ?? [])))
        .filter((limit) => limitApplies(limit, subject));
    },
  };
}
