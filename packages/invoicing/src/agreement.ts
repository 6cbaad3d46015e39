// Whether an invoice, the use it was made from and the sums of the events agree. All of them come from the same warehouse, but
// by ways that share nothing: an error in one of them shows as a difference.

import {
  compare,
  type Exact,
  exact,
  fromPico,
  type InvoiceFigures,
  type InvoiceLine,
  type PeriodInParts,
  type PriceClass,
  sum,
  TOKEN_CLASSES,
  toMinor,
  type UseGroup,
} from '@tollgate/domain';
import type { InvoiceTotals } from '@tollgate/warehouse';

/** A period with what a statement of its own says of it. */
export interface PeriodWithTotals {
  readonly period: PeriodInParts;
  readonly totals: InvoiceTotals;
}

/** What does not agree, as sentences; none when all does. */
export function disagreements(of: {
  readonly figures: InvoiceFigures;
  readonly current: PeriodInParts;
  readonly periods: readonly PeriodWithTotals[];
}): readonly string[] {
  const { figures, current, periods } = of;
  return [
    ...periods.flatMap(differencesFromTotals),
    ...figures.lines.flatMap((line) => flawsOfLine(line, figures.currency)),
    ...forgottenUse(current, figures.lines),
  ];
}

function differencesFromTotals({ period, totals }: PeriodWithTotals): readonly string[] {
  const groups = period.parts.flatMap(({ use }) => use).filter((group) => !group.class.startsWith('meter:'));
  const quantityOf = (name: PriceClass): Exact =>
    sum(groups.filter((group) => group.class === name).map(({ quantity }) => quantity));
  const pairs: readonly (readonly [string, Exact, Exact])[] = [
    ['cost', sum(groups.map(({ cost }) => cost)), fromPico(totals.costPico)],
    ['requests', quantityOf('requests'), exact(totals.requests)],
    ['web searches', quantityOf('web_searches'), exact(totals.webSearches)],
    ...TOKEN_CLASSES.map((name) => [name, quantityOf(name), exact(totals.tokens[name] ?? 0n)] as const),
  ];
  return pairs
    .filter(([, one, other]) => compare(one, other) !== 0)
    .map(([what]) => `the groups of use and the sum of the events differ in ${what}`);
}

function flawsOfLine({ id, amountMinor, usage }: InvoiceLine, currency: string): readonly string[] {
  if (usage === null) return [];
  const { use, groups, amount, billedBeforeMinor } = usage;
  const isSame =
    compare(sum(groups.map(({ quantity }) => quantity)), use.quantity) === 0 &&
    compare(sum(groups.map(({ cost }) => cost)), use.cost) === 0;
  return [
    ...(isSame ? [] : [`the groups of line ${id} do not add up to it`]),
    ...(toMinor(amount, currency) - billedBeforeMinor === amountMinor ? [] : [`line ${id} is not its amount, rounded`]),
  ];
}

/** Whatever was used is on a line. */
function forgottenUse({ parts }: PeriodInParts, lines: readonly InvoiceLine[]): readonly string[] {
  return parts.flatMap(({ span, use }) => {
    const ofPart = lines.filter(({ period, kind }) => period.startMs === span.startMs && kind === 'usage');
    const named = new Set(ofPart.flatMap(({ usage }) => usage?.groups ?? []).map(nameOf));
    return use.filter((group) => !named.has(nameOf(group))).map((group) => `${nameOf(group)} is on no line`);
  });
}

function nameOf({ projectId, provider, model, serviceTier, class: priceClass, priceIds }: UseGroup): string {
  return [projectId ?? '-', provider, model, serviceTier, priceClass, ...priceIds].join(' ');
}
