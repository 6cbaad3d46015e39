// Looks for unusual use among the keys that were used lately, and tells each find once: a row of the alerts, and a fact for
// those who listen, in one transaction.

import type { AccountRecords, Accounts, KeyUse } from '@tollgate/accounts';
import { findUnusualUse, type UnusualUse } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import { nameKey } from './key-json.ts';

const EVERY_MS = 10_000;
/** Wider than the time between two looks, so that a process that writes late is not overlooked. */
const LOOK_BACK_MS = 60_000;
const HOUR_MS = 60 * 60_000;
const KEYS_AT_ONCE = 500;
/** Looked at each time; where there are more, the rest has its turn next. */
const LOOKS_MAX = 20;
const REMOVE_EVERY_MS = 5 * 60_000;

interface WatchOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly newId: IdGenerator;
}

export function watchKeyUse({ accounts, clock, newId }: WatchOptions) {
  let after = '';
  /** True when there may be more keys. One process at a time: its alerts would be another's as well. */
  const look = (): Promise<boolean> =>
    accounts.exclusively('unusual-use', async (records) => {
      const nowMs = clock.now();
      const question = { sinceMs: nowMs - LOOK_BACK_MS, after, limit: KEYS_AT_ONCE };
      const keyIds = await records.activeKeys(question);
      for (const asOfMs of instantsOf(nowMs)) {
        for (const use of await records.keyUses(keyIds, asOfMs)) {
          for (const found of findUnusualUse(use.facts, asOfMs)) await tell(records, { use, found, nowMs, newId });
        }
      }
      after = keyIds.length === KEYS_AT_ONCE ? (keyIds.at(-1) ?? '') : '';
      return after !== '';
    });
  return [
    {
      name: 'unusual use of keys',
      everyMs: EVERY_MS,
      async run(): Promise<void> {
        for (let looks = 0; looks < LOOKS_MAX; looks += 1) if (!(await look())) return;
      },
    },
    { name: 'old activity of keys', everyMs: REMOVE_EVERY_MS, run: () => accounts.removeActivity(clock.now()) },
  ];
}

/** Just after an hour, its last moments as well: what happened in them was not looked at yet. */
function instantsOf(nowMs: number): readonly number[] {
  const sinceHourMs = nowMs % HOUR_MS;
  return sinceHourMs < LOOK_BACK_MS ? [nowMs - sinceHourMs - 1, nowMs] : [nowMs];
}

interface Find {
  readonly use: KeyUse;
  readonly found: UnusualUse;
  readonly nowMs: number;
  readonly newId: IdGenerator;
}

async function tell(records: AccountRecords, { use, found, nowMs, newId }: Find): Promise<void> {
  const key = await records.key(use.keyId);
  if (key === null) return;
  const { rule, window, facts, detail } = found;
  const { customerId } = key;
  const alert = { id: newId('alr'), keyId: key.id, customerId, rule, window, facts, detail, createdAtMs: nowMs };
  if (!(await records.createAlert(alert))) return;
  const data = { alert: alert.id, key: nameKey(key), rule, facts, detail };
  await records.tell({ type: 'key.unusual_use', customerId, data });
}
