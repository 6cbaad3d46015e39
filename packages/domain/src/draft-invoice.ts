// From a period, the terms that held in it and what was used, to the lines of its invoice. A period is cut where a plan
// begins or ends; each part is rated by its own terms and its own use. Earlier periods whose invoices are finalized are
// reckoned once more with what is known now, and come in as adjustments.

import { adjustPeriod } from './adjustment.ts';
import type { TimeSpan } from './calendar.ts';
import type { BilledLine, InvoiceLine } from './invoice-line.ts';
import { type PlanTerms, termsFor } from './plan-terms.ts';
import { type PeriodToRate, type RatedPeriod, ratePeriod } from './rate-period.ts';
import { mergeUse, type UseGroup } from './use-group.ts';

/** A part of a period in which the same terms hold. */
export interface PeriodPart {
  readonly span: TimeSpan;
  /** Null: no plan. */
  readonly subscriptionId: string | null;
  /** Of a whole period. */
  readonly terms: PlanTerms;
  /** In the part alone. */
  readonly use: readonly UseGroup[];
}

export interface PeriodInParts {
  readonly period: TimeSpan;
  /** IANA time zone. */
  readonly zone: string;
  /** In their order. */
  readonly parts: readonly PeriodPart[];
}

/** A period whose invoice is finalized. */
export interface EarlierPeriod extends PeriodInParts {
  readonly invoiceId: string;
  /** The lines of the invoice, and the adjustments of it that were billed since. */
  readonly billed: readonly BilledLine[];
}

export interface InvoiceToDraft {
  /** ISO 4217. */
  readonly currency: string;
  readonly current: PeriodInParts;
  readonly earlier: readonly EarlierPeriod[];
  /** Commitments are due in the parts that have ended by then. */
  readonly atMs: number;
}

/** The id of a line is unique in its invoice, and says which part it is for where there are several. */
export function draftLines({ currency, current, earlier, atMs }: InvoiceToDraft): RatedPeriod {
  const rated = [
    ...namedParts(current).map(({ name, part }) => {
      const commitments = part.span.endMs <= atMs ? 'due' : 'not_yet';
      const result = ratePeriod({ ...toRate(part, current, currency), billed: [], commitments });
      return withIds(result, ({ subject }) => join(name, subject));
    }),
    ...earlier.flatMap((period) => adjustmentsOf(period, currency)),
  ];
  const unpriced = rated.flatMap((result) => (result.kind === 'unpriced' ? result.groups : []));
  if (unpriced.length > 0) return { kind: 'unpriced', groups: mergeUse(unpriced) };
  const lines = rated.flatMap((result) => (result.kind === 'rated' ? result.lines : []));
  if (new Set(lines.map(({ id }) => id)).size < lines.length) throw new Error('two lines have the same id');
  return { kind: 'rated', lines };
}

function adjustmentsOf(earlier: EarlierPeriod, currency: string): readonly RatedPeriod[] {
  const { invoiceId, billed } = earlier;
  const known = new Set(earlier.parts.map(({ span }) => spanKey(span)));
  // Terms do not change in a period that was billed: a line that belongs to no part of it would never be taken back.
  const stray = billed.find(({ period }) => !known.has(spanKey(period)));
  if (stray !== undefined) throw new Error(`${stray.subject} was billed on ${invoiceId} for no part of its period`);
  return namedParts(earlier).map(({ name, part }) => {
    const ofPart = billed.filter(({ period }) => spanKey(period) === spanKey(part.span));
    const rated = adjustPeriod({
      ...toRate(part, earlier, currency),
      billed: ofPart,
      originInvoiceId: invoiceId,
    });
    return withIds(rated, ({ subject }) => join(invoiceId, join(name, subject)));
  });
}

function toRate(
  { span, terms, use }: PeriodPart,
  { period, zone }: PeriodInParts,
  currency: string,
): Pick<PeriodToRate, 'terms' | 'currency' | 'span' | 'use'> {
  return { terms: termsFor({ terms, currency, span, period, zone }), currency, span, use };
}

interface NamedPart {
  /** Null: the only one. */
  readonly name: string | null;
  readonly part: PeriodPart;
}

/** A subscription has one part of a period at most; times without one are told apart by their number. */
function namedParts({ parts }: PeriodInParts): readonly NamedPart[] {
  if (parts.length === 1) return parts.map((part) => ({ name: null, part }));
  let without = 0;
  return parts.map((part) => {
    if (part.subscriptionId !== null) return { name: part.subscriptionId, part };
    without += 1;
    return { name: without === 1 ? 'none' : `none.${without}`, part };
  });
}

function withIds(rated: RatedPeriod, idOf: (line: InvoiceLine) => string): RatedPeriod {
  if (rated.kind === 'unpriced') return rated;
  return { kind: 'rated', lines: rated.lines.map((line) => ({ ...line, id: idOf(line) })) };
}

function join(name: string | null, subject: string): string {
  return name === null ? subject : `${name}/${subject}`;
}

function spanKey({ startMs, endMs }: TimeSpan): string {
  return `${startMs}-${endMs}`;
}
