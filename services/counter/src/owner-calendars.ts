// In which windows the use of an owner counts, and in which currency. Remembered until a change of the owner's limits is
// told: thousands of customers come in each batch, and their calendars hardly ever change.

import type { Accounts } from '@tollgate/accounts';
import { createLimitWindows, type LimitWindows } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';

export const ORGANIZATION = 'organization';

interface OwnerCalendar {
  readonly windows: LimitWindows;
  readonly currency: string;
}

export interface OwnerCalendars {
  /** Null: there is no such owner. Rejects while the accounts are away and nothing is remembered. */
  of(owner: string): Promise<OwnerCalendar | null>;
  /** What the watch of the accounts tells; null: everything may have changed. */
  forget(id: string | null): void;
}

interface Known {
  readonly calendar: OwnerCalendar | null;
  readonly readAtMs: number;
}

/** Forgotten all at once when there are more. */
const OWNERS_MAX = 50_000;
/** Should a change ever not be told. */
const TRUSTED_MS = 5 * 60_000;
const CHANGE_PREFIX = 'limits:';

export function createOwnerCalendars(parts: {
  readonly accounts: Pick<Accounts, 'limitSet'>;
  readonly clock: Clock;
}): OwnerCalendars {
  const { accounts, clock } = parts;
  const known = new Map<string, Known>();
  // What was asked for before a change was told is not to be remembered after it.
  let changes = 0;

  return {
    async of(owner) {
      const nowMs = clock.now();
      const found = known.get(owner);
      if (found !== undefined && nowMs - found.readAtMs < TRUSTED_MS) return found.calendar;
      const before = changes;
      const set = await accounts.limitSet(owner === ORGANIZATION ? null : owner);
      const calendar = set === null ? null : { windows: createLimitWindows(set.calendar), currency: set.currency };
      if (changes === before) {
        if (known.size >= OWNERS_MAX) known.clear();
        known.set(owner, { calendar, readAtMs: nowMs });
      }
      return calendar;
    },
    forget(id) {
      if (id !== null && !id.startsWith(CHANGE_PREFIX)) return;
      changes += 1;
      if (id === null) known.clear();
      else known.delete(id.slice(CHANGE_PREFIX.length));
    },
  };
}
