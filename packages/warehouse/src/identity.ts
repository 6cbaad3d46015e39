// What became of each copy of an event, decided from all its receipts. Pure: the books count in SQL by the same rules.

import type { Receipt } from '@tollgate/domain';
import type { EventState } from './warehouse.ts';

export interface JudgedCopy {
  readonly receipt: Receipt;
  readonly state: EventState;
}

/**
 * One for each acceptance, the first first. A void is no acceptance; nor is a replay, which is shown in place of the dead
 * letter that it replays when it was counted, and not at all otherwise.
 */
export function judgeCopies(receipts: readonly Receipt[]): readonly JudgedCopy[] {
  const inOrder = [...receipts].sort(byPlace);
  const isVoided = inOrder.some(({ outcome }) => outcome === 'void');
  const events = inOrder.filter(({ outcome }) => outcome !== 'void');
  const counted = events.find(({ outcome }) => outcome === 'countable');
  const first = counted ?? events.find(({ outcome }) => outcome === 'dead_lettered');
  if (first === undefined) return [];
  const others = withoutReplayed(events, first).filter((receipt) => !receipt.isReplay && receipt !== first);
  const stateOfFirst = counted === undefined ? 'dead_lettered' : isVoided ? 'voided' : 'counted';
  return [
    { receipt: first, state: stateOfFirst },
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
