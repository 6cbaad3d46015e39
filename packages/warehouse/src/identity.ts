// What became of each copy of an event, decided from all receipts of its id. Pure: books-receipts.sql counts, and
// withdraw-copies.sql acts, by the same rules.

import type { Receipt } from '@tollgate/domain';
import type { EventState } from './warehouse.ts';

/** A record this long after the one before it, or later, uses the id again for another event: the window, and a day. */
export const COPIES_WITHIN_MS = 36 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;

export interface JudgedCopy {
  readonly receipt: Receipt;
  readonly state: EventState;
}

/**
 * One for each acceptance, by sending, the first first. A void is no acceptance; nor is a replay, which is shown in place
 * of the dead letter that it replays when it was counted, and not at all otherwise.
 */
export function judgeCopies(receipts: readonly Receipt[]): readonly JudgedCopy[] {
  const judged: JudgedCopy[] = [];
  let isVoidedLater = false;
  for (const sending of sendingsOf(receipts).reverse()) {
    // A void takes back what came with it and all that came before.
    isVoidedLater ||= sending.some(({ outcome }) => outcome === 'void');
    judged.unshift(...judgeSending(sending, isVoidedLater));
  }
  return judged;
}

/** The receipts in the order of their receipt, divided where the window passed without any. */
function sendingsOf(receipts: readonly Receipt[]): Receipt[][] {
  const sendings: Receipt[][] = [];
  let last: Receipt | undefined;
  for (const receipt of [...receipts].sort((a, b) => a.receivedAtMs - b.receivedAtMs || byPlace(a, b))) {
    const sending = sendings.at(-1);
    if (sending !== undefined && last !== undefined && isCopyAfter(last, receipt)) sending.push(receipt);
    else sendings.push([receipt]);
    last = receipt;
  }
  return sendings;
}

/** A copy of the same hour is stored as one with the first, however late; a replay is never another event. */
function isCopyAfter(last: Receipt, receipt: Receipt): boolean {
  const isLate = receipt.receivedAtMs - last.receivedAtMs > COPIES_WITHIN_MS;
  const isSameHour = Math.floor(receipt.timeMs / HOUR_MS) === Math.floor(last.timeMs / HOUR_MS);
  return receipt.isReplay || !isLate || isSameHour;
}

/** A void settles a dead letter, too: there is nothing left to replay. */
function judgeSending(receipts: readonly Receipt[], isVoided: boolean): JudgedCopy[] {
  const events = receipts.filter(({ outcome }) => outcome !== 'void').sort(byPlace);
  const counted = events.find(({ outcome }) => outcome === 'countable');
  const first = counted ?? events[0];
  if (first === undefined) return [];
  const others = withoutReplayed(events, first).filter((receipt) => !receipt.isReplay && receipt !== first);
  return [
    { receipt: first, state: isVoided ? 'voided' : counted === undefined ? 'dead_lettered' : 'counted' },
    ...others.map((receipt): JudgedCopy => {
      return { receipt, state: receipt.contentHash === first.contentHash ? 'duplicate' : 'conflict' };
    }),
  ];
}

/** A counted replay takes the place of one acceptance: the first that says the same, or else simply the first. */
function withoutReplayed(events: readonly Receipt[], first: Receipt): readonly Receipt[] {
  if (!first.isReplay) return events;
  const acceptances = events.filter(({ isReplay }) => !isReplay);
  const replayed = acceptances.find(({ contentHash }) => contentHash === first.contentHash) ?? acceptances[0];
  return events.filter((receipt) => receipt !== replayed);
}

function byPlace(a: Receipt, b: Receipt): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return a.position < b.position ? -1 : a.position > b.position ? 1 : 0;
}
