// Finds bursts among the refused requests that all processes wrote down, and enters each once in the audit log; and removes
// what is too old to be kept.

import type { AccountRecords, Accounts, LoudMinuteCounts } from '@tollgate/accounts';
import { BURST_QUIET_MS, BURST_REFUSALS_MIN, type Burst, followBursts, formatTimestamp } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';

const BURSTS_EVERY_MS = 2_000;
/** Sources looked at each time; the others have their turn when these have calmed down or are told. */
const MINUTES_MAX = 2_000;

export const REFUSALS_KEPT_DAYS = 14;
const REMOVE_EVERY_MS = 60_000;
const REMOVED_MAX = 20_000;

interface WatchOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
}

export function watchRefusals({ accounts, clock }: WatchOptions) {
  return [
    {
      name: 'bursts of refusals',
      everyMs: BURSTS_EVERY_MS,
      // One process at a time: a burst that two of them see is told by one.
      run: () => accounts.exclusively('refusal-bursts', (records) => tellBursts(records, clock.now())),
    },
    {
      name: 'old refusals',
      everyMs: REMOVE_EVERY_MS,
      async run(): Promise<void> {
        const beforeMs = clock.now() - REFUSALS_KEPT_DAYS * 24 * 60 * 60_000;
        await accounts.removeRefusals({ beforeMs, limit: REMOVED_MAX });
      },
    },
  ];
}

async function tellBursts(records: AccountRecords, nowMs: number): Promise<void> {
  // As far back as a process may have been unable to write its counts and a burst still goes on.
  const sinceMs = nowMs - BURST_QUIET_MS;
  const minutes = await records.loudMinutes({ sinceMs, countMin: BURST_REFUSALS_MIN, limit: MINUTES_MAX });
  if (minutes.length === 0) return;
  const latest = await records.latestBursts([...new Set(minutes.map(({ source }) => source))]);
  const { changed, started } = followBursts(minutes, latest);
  if (changed.length > 0) await records.saveBursts(changed);
  for (const burst of started) await records.appendAudit(auditOfBurst(burst, minutes));
}

/** The counts are those of its first minute up to now; `/v1/refusals` has what came after. */
function auditOfBurst({ source, startedAtMs }: Burst, minutes: readonly LoudMinuteCounts[]) {
  const first = minutes.find((minute) => minute.source === source && minute.minuteMs === startedAtMs);
  const startedAt = formatTimestamp(startedAtMs);
  return {
    action: 'refusals.burst',
    actor: { keyId: null },
    customerId: null,
    subject: { type: 'source', id: source },
    origin: null,
    before: null,
    after: { source, minute: startedAt, by_code: first?.byCode ?? {} },
    fact: `refusals.burst/${source}/${startedAt}`,
  };
}
