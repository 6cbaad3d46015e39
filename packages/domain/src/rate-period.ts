// From the use of a period to the lines of its invoice. Everything is reckoned for the period so far, and what was billed of
// it before comes off, by subject: the same function drafts an invoice, bills a part of a period, and finds what late use or
// another price changes in a finalized one.

import type { TimeSpan } from './calendar.ts';
import { AS_PRICED, type Charge, chargeUse, isFor, type SplitField, useOf } from './charge.ts';
import { type BilledLine, billedBySubject, type InvoiceLine, sumOfLines } from './invoice-line.ts';
import { toMinor } from './money.ts';
import type { PlanTerms } from './plan-terms.ts';
import { isOfCost } from './rate-model.ts';
import { mergeUse, provenanceOf, type UseGroup } from './use-group.ts';

export interface PeriodToRate {
  readonly terms: PlanTerms;
  /** ISO 4217. */
  readonly currency: string;
  /** What the lines are for: the period, or the part of it that is billed. */
  readonly span: TimeSpan;
  /** All use of the period up to the end of the span. */
  readonly use: readonly UseGroup[];
  /** Lines for the same period on earlier invoices. */
  readonly billed: readonly BilledLine[];
  /** Commitments are due at the end of a period, when no more use can make up for them. */
  readonly commitments: 'due' | 'not_yet';
}

export type RatedPeriod =
  | { readonly kind: 'rated'; readonly lines: readonly InvoiceLine[] }
  /** Some use has no price, so nothing is known of what it comes to. */
  | { readonly kind: 'unpriced'; readonly groups: readonly UseGroup[] };

export function ratePeriod(given: PeriodToRate): RatedPeriod {
  const shares = assignUse([...given.terms.charges, AS_PRICED], mergeUse(given.use));
  const unpriced = shares
    .filter(({ charge }) => isOfCost(charge.model))
    .flatMap(({ groups }) => groups.filter(({ unpricedEvents }) => unpricedEvents > 0n));
  if (unpriced.length > 0) return { kind: 'unpriced', groups: mergeUse(unpriced) };

  const usage = usageLines(shares, given);
  const fees = feeLines(given);
  const trueUps = given.commitments === 'due' ? chargeTrueUps(usage, given) : [];
  const lines = [...usage, ...fees, ...trueUps];
  const planTrueUp = given.commitments === 'due' ? commitmentTrueUp(lines, given) : [];
  return { kind: 'rated', lines: [...lines, ...planTrueUp] };
}

/** The use of one line. */
interface Share {
  readonly charge: Charge;
  readonly subject: string;
  readonly description: string;
  readonly groups: readonly UseGroup[];
}

/** Each group to the first charge that is for it, and to all that take everything. */
function assignUse(charges: readonly Charge[], groups: readonly UseGroup[]): readonly Share[] {
  const claimed = new Set<UseGroup>();
  return charges.flatMap((charge) => {
    const own = groups.filter((group) => isFor(charge, group) && (charge.takes === 'all' || !claimed.has(group)));
    if (charge.takes === 'own') for (const group of own) claimed.add(group);
    return charge.splitBy.length === 0
      ? [{ charge, subject: charge.id, description: charge.description, groups: own }]
      : splitShares(charge, own);
  });
}

function splitShares(charge: Charge, groups: readonly UseGroup[]): readonly Share[] {
  const shares = new Map<string, Share & { readonly groups: UseGroup[] }>();
  for (const group of groups) {
    const subject = subjectOf(charge, group);
    const known = shares.get(subject);
    if (known !== undefined) known.groups.push(group);
    else shares.set(subject, { charge, subject, description: describe(charge, group), groups: [group] });
  }
  return [...shares.values()].toSorted((one, other) => (one.subject < other.subject ? -1 : 1));
}

/** Parts are escaped, so that no name of a model can be taken for two parts. */
function subjectOf(charge: Charge, group: UseGroup): string {
  const parts = charge.splitBy.flatMap((field) => partsOf(field, group));
  return [charge.id, ...parts.map(encodeURIComponent)].join('/');
}

function partsOf(field: SplitField, { projectId, provider, model, class: priceClass }: UseGroup): readonly string[] {
  switch (field) {
    case 'project':
      return [projectId ?? ''];
    case 'model':
      return [provider, model];
    case 'class':
      return [priceClass];
  }
}

function describe({ description, splitBy }: Charge, { model, class: priceClass }: UseGroup): string {
  const parts = [splitBy.includes('model') ? model : '', splitBy.includes('class') ? priceClass : ''];
  return [description, ...parts.filter((part) => part !== '')].join(', ');
}

function usageLines(shares: readonly Share[], given: PeriodToRate): readonly InvoiceLine[] {
  const before = billedBySubject(given.billed);
  const lines = shares.flatMap((share) => {
    const line = usageLine(share, before.get(share.subject) ?? 0n, given);
    return share.groups.length === 0 && line.amountMinor === 0n ? [] : [line];
  });
  return [...lines, ...withdrawnLines(new Set(shares.map(({ subject }) => subject)), given)];
}

function usageLine({ charge, subject, description, groups }: Share, before: bigint, given: PeriodToRate): InvoiceLine {
  const charged = chargeUse(charge, useOf(groups));
  return {
    ...{ id: subject, subject, kind: 'usage', chargeId: charge.id, description, period: given.span },
    amountMinor: toMinor(charged.amount, given.currency) - before,
    usage: {
      ...charged,
      billedBeforeMinor: before,
      provenance: provenanceOf(groups),
      priceIds: [...new Set(groups.flatMap(({ priceIds }) => priceIds))].toSorted(),
      groups,
    },
    originInvoiceId: null,
  };
}

/** What was billed for use that is no longer there, since its events were withdrawn: all of it comes off. */
function withdrawnLines(present: ReadonlySet<string>, { billed, span }: PeriodToRate): readonly InvoiceLine[] {
  const gone = new Map(
    billed.filter(({ usage, subject }) => usage !== null && !present.has(subject)).map((line) => [line.subject, line]),
  );
  const before = billedBySubject(billed);
  return [...gone].flatMap(([subject, { chargeId, description }]) => {
    const amountMinor = -(before.get(subject) ?? 0n);
    return amountMinor === 0n ? [] : [plainLine({ subject, kind: 'usage', chargeId, description, span, amountMinor })];
  });
}

function feeLines({ terms, billed, span }: PeriodToRate): readonly InvoiceLine[] {
  const before = billedBySubject(billed);
  return terms.fees.flatMap(({ id, description, amountMinor }) => {
    const due = amountMinor - (before.get(id) ?? 0n);
    return due === 0n
      ? []
      : [plainLine({ subject: id, kind: 'fee', chargeId: id, description, span, amountMinor: due })];
  });
}

/** What is missing to the minimum of a charge. */
function chargeTrueUps(usage: readonly InvoiceLine[], given: PeriodToRate): readonly InvoiceLine[] {
  return given.terms.charges.flatMap(({ id, description, minimum }) => {
    if (minimum === null) return [];
    return trueUp(given, {
      ...{ subject: `${id}/minimum`, chargeId: id, description: `${description}, minimum` },
      minimumMinor: toMinor(minimum, given.currency),
      counted: [...given.billed, ...usage].filter(({ subject }) => subject === id),
    });
  });
}

/** What is missing to the commitment of the plan, after all else. */
function commitmentTrueUp(lines: readonly InvoiceLine[], given: PeriodToRate): readonly InvoiceLine[] {
  const { commitment } = given.terms;
  if (commitment === null) return [];
  const { id, description, amountMinor, chargeIds } = commitment;
  const counted = [...given.billed, ...lines].filter(
    ({ chargeId, subject }) => subject !== id && (chargeIds === null || chargeIds.includes(chargeId)),
  );
  return trueUp(given, { subject: id, chargeId: id, description, minimumMinor: amountMinor, counted });
}

/**
 * Taken from the rounded lines, so that lines and true-up come to the commitment to the cent. Use that comes late can take
 * a part of a true-up back.
 */
function trueUp(
  { billed, span }: PeriodToRate,
  of: Pick<InvoiceLine, 'subject' | 'chargeId' | 'description'> & {
    readonly minimumMinor: bigint;
    readonly counted: readonly BilledLine[];
  },
): readonly InvoiceLine[] {
  const { minimumMinor, counted, ...what } = of;
  const missing = minimumMinor - sumOfLines(counted);
  const due = (missing > 0n ? missing : 0n) - (billedBySubject(billed).get(what.subject) ?? 0n);
  return due === 0n ? [] : [plainLine({ ...what, kind: 'true_up', span, amountMinor: due })];
}

function plainLine(
  line: Omit<InvoiceLine, 'id' | 'period' | 'usage' | 'originInvoiceId'> & { readonly span: TimeSpan },
): InvoiceLine {
  const { span, ...rest } = line;
  return { ...rest, id: line.subject, period: span, usage: null, originInvoiceId: null };
}
