// Credit notes for an invoice, as they come one after the other: for a part of its first line, and for all that is left.

import {
  type CanonicalInvoice,
  CREDIT_NOTE_SETTLEMENTS,
  type CreditedLine,
  type CreditNoteFigures,
  canonicalCreditNote,
  creditInvoice,
  leftToCredit,
  readInvoice,
} from '@tollgate/domain';
import type { CreditedInvoice } from '@tollgate/invoice-files';

/** None where they would come to less than nothing. */
export function creditedIn(invoice: CanonicalInvoice, index: number): readonly CreditedInvoice[] {
  const read = readInvoice(invoice);
  const before: CreditNoteFigures[] = [];
  const credit = (lines: readonly CreditedLine[]): readonly CreditedInvoice[] => {
    const credited = creditInvoice({ invoice: read, lines, before });
    if (credited.kind === 'refused' || credited.figures.totalMinor < 0n || lines.length === 0) return [];
    before.push(credited.figures);
    const facts = {
      ...{ id: `crn_${index}_${before.length}`, number: `CN-${index}-${before.length}`, invoice },
      ...{ issuedAtMs: Date.UTC(2026, 11, 3, 9), reason: 'A <mistake> & more' },
      settlement: CREDIT_NOTE_SETTLEMENTS[(index + before.length) % CREDIT_NOTE_SETTLEMENTS.length] ?? 'outside',
    };
    return [{ note: canonicalCreditNote(facts, credited.figures), invoice }];
  };
  const [first] = read.lines.filter(({ amountMinor }) => amountMinor > 2n);
  const some = first === undefined ? [] : credit([{ lineId: first.id, amountMinor: first.amountMinor / 3n + 1n }]);
  return [...some, ...credit(leftToCredit(read, before))];
}
