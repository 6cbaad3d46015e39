// The limits of an owner of counters: a customer, or the organization. Remembered until the watch tells of a change.

import type { Accounts, Limit } from '@tollgate/accounts';
import { createLimitWindows, type LimitWindows } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';

export const ORGANIZATION = 'organization';

export interface OwnerLimits {
  readonly owner: string;
  /** Null for the organization. */
  readonly customerId: string | null;
  readonly windows: LimitWindows;
  /** ISO 4217. */
  readonly currency: string;
  readonly limits: readonly Limit[];
}

export interface OwnersLimits {
  /** Null: there is no such owner. */
  of(owner: string): Promise<OwnerLimits | null>;
  forget(owner: string): void;
  forgetAll(): void;
}

/** Forgotten all at once when there are more. */
const OWNERS_MAX = 20_000;
/** Should a change ever not be told. */
const TRUSTED_MS = 60_000;

export function customerOf(owner: string): string | null {
  return owner === ORGANIZATION ? null : owner;
}

export function createOwnersLimits(parts: {
  readonly accounts: Pick<Accounts, 'limitSet'>;
  readonly clock: Clock;
}): OwnersLimits {
  const { accounts, clock } = parts;
  const known = new Map<string, { readonly limits: OwnerLimits | null; readonly readAtMs: number }>();
  // What was asked for before a change was told is not to be remembered after it.
  let changes = 0;
  return {
    async of(owner) {
      const nowMs = clock.now();
      const found = known.get(owner);
      if (found !== undefined && nowMs - found.readAtMs < TRUSTED_MS) return found.limits;
      const before = changes;
      const customerId = customerOf(owner);
      const set = await accounts.limitSet(customerId);
      const limits = set === null ? null : { ...set, owner, customerId, windows: createLimitWindows(set.calendar) };
      if (changes === before) {
        if (known.size >= OWNERS_MAX) known.clear();
        known.set(owner, { limits, readAtMs: nowMs });
      }
      return limits;
    },
    forget(owner) {
      changes += 1;
      known.delete(owner);
    },
    forgetAll() {
      changes += 1;
      known.clear();
    },
  };
}
