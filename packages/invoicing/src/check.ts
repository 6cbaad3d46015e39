// What stands against finalizing an invoice now: observed first, then judged.

import { formatTimestamp, type JsonObject } from '@tollgate/domain';
import type { BooksCount } from '@tollgate/warehouse';
import { disagreements } from './agreement.ts';
import type { Calculated } from './calculate.ts';
import type { Gathered } from './gather.ts';
import type { InvoicingParts, Records } from './parts.ts';
import type { Refusal } from './refusal.ts';

const NAMED_MAX = 20;

interface Question {
  readonly customerId: string;
  readonly gathered: Gathered;
  readonly calculated: Calculated;
  readonly atMs: number;
  /** Everything accepted before has to be counted; null: it does not matter yet. */
  readonly countedUntilMs: number | null;
}

export async function findRefusals(
  { warehouse }: Pick<InvoicingParts, 'warehouse'>,
  records: Pick<Records, 'isRerateApplying'>,
  question: Question,
): Promise<readonly Refusal[]> {
  const { customerId, gathered, calculated } = question;
  const { inputs, until, asOfMs } = gathered;
  const { current, earlier } = inputs;
  const [books, ...periods] = await Promise.all([
    warehouse.consumedUntil().then((horizon) => warehouse.books({ ...current.period, customerId, until: horizon })),
    ...[current, ...earlier].map(async (period) => ({
      period,
      totals: await warehouse.invoiceTotals({ ...spanOf(period.parts, period), customerId, until }),
    })),
  ]);
  const applying = [];
  for (const { period } of [current, ...earlier]) applying.push(await records.isRerateApplying(period));
  const refusals: readonly (Refusal | null)[] = [
    sellerRefusal(gathered),
    periodRefusal(question),
    countedRefusal(question, asOfMs),
    booksRefusal(books),
    deadLettersRefusal(books),
    unpricedRefusal(calculated),
    applying.includes(true)
      ? refusal('rerate_applying', 'A re-rate of the period is being applied: try again when it is done.', {})
      : null,
    agreementRefusal(disagreements({ figures: calculated.figures, current, periods }), calculated),
  ];
  return refusals.filter((found) => found !== null);
}

/** Of the parts that were read: those of a preview that have begun. */
function spanOf(
  parts: Gathered['inputs']['current']['parts'],
  { period }: Gathered['inputs']['current'],
): { readonly startMs: number; readonly endMs: number } {
  return { startMs: period.startMs, endMs: parts.at(-1)?.span.endMs ?? period.startMs };
}

function sellerRefusal({ sellerTerms }: Gathered): Refusal | null {
  if (sellerTerms !== null && sellerTerms.party.name !== '') return null;
  return refusal('seller_unknown', 'Nobody has said who sells: set the terms of the seller.', {});
}

function periodRefusal({ gathered, atMs }: Question): Refusal | null {
  const { endMs } = gathered.inputs.current.period;
  if (atMs >= endMs) return null;
  return refusal('period_not_ended', 'The period is still under way.', { ends_at: formatTimestamp(endMs) });
}

function countedRefusal({ countedUntilMs }: Question, asOfMs: number | null): Refusal | null {
  if (countedUntilMs === null || (asOfMs !== null && asOfMs >= countedUntilMs)) return null;
  return refusal('not_all_counted', 'Some of what was accepted is not counted yet: try again in a moment.', {
    as_of: asOfMs === null ? null : formatTimestamp(asOfMs),
    wanted: formatTimestamp(countedUntilMs),
  });
}

function booksRefusal(books: BooksCount): Refusal | null {
  const { accepted, stored, duplicate, conflict, deadLettered, voided, missingEntries } = books;
  if (missingEntries === 0n && accepted === stored + duplicate + conflict + deadLettered + voided) return null;
  return refusal(
    'books',
    'What was accepted is not what was stored, left out as a copy, or withdrawn: look at the books of the period.',
    {
      ...{ accepted, stored, duplicate, conflict, voided },
      ...{ dead_lettered: deadLettered, missing_entries: missingEntries },
    },
  );
}

function deadLettersRefusal({ deadLettered }: BooksCount): Refusal | null {
  if (deadLettered === 0n) return null;
  return refusal('dead_letters', 'Events of the period are dead letters: replay or void them.', {
    events: deadLettered,
  });
}

function unpricedRefusal({ unpriced }: Calculated): Refusal | null {
  if (unpriced.length === 0) return null;
  return refusal('unpriced', 'Some use has no price: set the prices that are missing, and rate the period anew.', {
    use: unpriced
      .slice(0, NAMED_MAX)
      .map(({ provider, model, class: name, unpricedEvents: events }) => ({ provider, model, class: name, events })),
  });
}

/** Use without a price is on no line: that is told as what it is. */
function agreementRefusal(found: readonly string[], { unpriced }: Calculated): Refusal | null {
  const disagreeing = unpriced.length > 0 ? found.filter((each) => !each.endsWith('is on no line')) : found;
  if (disagreeing.length === 0) return null;
  return refusal('invoice_disagrees', 'The invoice, its use and its events disagree: this is a fault of the system.', {
    differences: disagreeing.slice(0, NAMED_MAX),
  });
}

function refusal(code: Refusal['code'], detail: string, facts: JsonObject): Refusal {
  return { code, detail, facts };
}
