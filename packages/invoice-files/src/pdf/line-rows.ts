// A line of an invoice as rows of a table: its figures in one row where they fit there, and below it how it came to be.

import { type CanonicalInvoice, compare, exact, exactText, plus, roundHalfUp, times } from '@tollgate/domain';
import { exactOf, isZero } from '../amounts.ts';
import { exactFigure, grouped, takenOff, unitPriceText } from './figure-text.ts';
import type { PageRow } from './page.ts';
import { plain, wordingOf } from './wording.ts';

export type Line = CanonicalInvoice['lines'][number];
type Usage = NonNullable<Line['usage']>;
type Step = Usage['steps'][number];

/** Of an invoice: what its lines are shown by. */
export interface LineContext {
  readonly minorDigits: number;
  /** Dates of a line that are not those of the invoice. */
  readonly datesOf: (line: Line) => string | null;
}

interface Figures {
  readonly label: string;
  readonly quantity?: string;
  readonly price?: string;
  readonly amount?: string;
}

export function lineRows(line: Line, context: LineContext): readonly PageRow[] {
  const { usage, amount } = line;
  const inline = usage === null ? undefined : inlineFigures(usage, context);
  const details = usage === null || inline !== undefined ? [] : detailsOf(usage, context);
  const dates = context.datesOf(line);
  const notes = [...(dates === null ? [] : [dates]), ...(usage === null ? [] : estimateOf(usage))];
  return [
    {
      kind: 'row',
      cells: [
        wordingOf(line.description),
        plain(usage === null ? '' : quantityOf(usage)),
        plain(inline ?? ''),
        plain(grouped(amount)),
      ],
    },
    ...details.map(detailRow),
    ...notes.map((label) => detailRow({ label })),
  ];
}

function detailRow({ label, quantity = '', price = '', amount = '' }: Figures): PageRow {
  return { kind: 'detail', cells: [label, quantity, price, amount].map(plain) };
}

function quantityOf({ quantity }: Usage): string {
  return isZero(quantity) ? '' : grouped(quantity);
}

/** The price of a line that is nothing but a quantity at a price. */
function inlineFigures(usage: Usage, { minorDigits }: LineContext): string | undefined {
  const [step, ...others] = usage.steps;
  const takesNothing = [usage.allowance, usage.discount, usage.over_maximum, usage.billed_before].every(isZero);
  if (step === undefined || others.length > 0 || !takesNothing || !isZero(step.flat_fee)) return undefined;
  const unit = unitOf(usage);
  if (isSame(step.quantity, usage.quantity)) return unitPriceText({ price: step.unit_price, unit, minorDigits });
  if (!isSame(step.quantity, usage.cost) || !isSame(step.unit_price, '1')) return undefined;
  const price = priceOf(usage);
  return price === undefined ? '' : unitPriceText({ price, unit, minorDigits });
}

function detailsOf(usage: Usage, { minorDigits }: LineContext): readonly Figures[] {
  const off = (label: string, decimal: string): readonly Figures[] =>
    isZero(decimal) ? [] : [{ label, amount: takenOff(exactText(exactOf(exactDecimal(decimal, minorDigits)))) }];
  const steps = usage.steps.flatMap((step) => stepFigures(step, usage, minorDigits));
  return [
    ...(isZero(usage.allowance) ? [] : [{ label: 'Included', quantity: takenOff(usage.allowance) }]),
    ...steps,
    ...off('Discount', usage.discount),
    ...off('Above the maximum', usage.over_maximum),
    ...off('Billed before', usage.billed_before),
  ];
}

/** Not so many digits that the column would not hold them. */
function exactDecimal(decimal: string, minorDigits: number): string {
  const digits = minorDigits + 6;
  return exactText(exact(roundHalfUp(exactOf(decimal), digits), digits));
}

function stepFigures(step: Step, usage: Usage, minorDigits: number): readonly Figures[] {
  const { quantity, unit_price: price, flat_fee: fee } = step;
  const kind = kindOf(step, usage);
  const unit = kind === 'units' ? unitOf(usage) : kind === 'packages' ? 'package' : '';
  const amount = times(exactOf(quantity), exactOf(price));
  const label = step.tier === null ? STEP_LABELS[kind] : `Tier ${step.tier}`;
  const shownPrice = kind === 'money' ? percentText(price) : unitPriceText({ price, unit, minorDigits });
  const fees = isZero(fee)
    ? []
    : [{ label: step.tier === null ? 'Fee' : `${label}, fee`, amount: exactFigure(fee, minorDigits) }];
  const shown = exactFigure(exactDecimal(exactText(amount), minorDigits), minorDigits);
  const shownQuantity =
    kind === 'money' ? exactFigure(exactDecimal(quantity, minorDigits), minorDigits) : grouped(quantity);
  return [{ label, quantity: shownQuantity, price: shownPrice, amount: shown }, ...fees];
}

const STEP_LABELS = { units: 'Units', packages: 'Packages', money: 'Cost of the use' } as const;

/** What a step counts is not said, but follows from what is left after the allowance. */
function kindOf(step: Step, usage: Usage): keyof typeof STEP_LABELS {
  if (step.tier !== null) return 'units';
  const counted = exactText(plus(exactOf(step.quantity), exactOf(usage.allowance)));
  if (isSame(counted, usage.cost)) return 'money';
  return isSame(counted, usage.quantity) ? 'units' : 'packages';
}

function percentText(factor: string): string {
  return `${exactText(times(exactOf(factor), exact(100n)))} %`;
}

const PRICE_DIGITS = 12;

/** What a unit cost by the price book, where all of them cost the same. */
function priceOf({ quantity, cost }: Usage): string | undefined {
  const [units, money] = [exactOf(quantity), exactOf(cost)];
  if (units.value <= 0n) return undefined;
  const value =
    (money.value * 10n ** BigInt(PRICE_DIGITS + units.digits)) / (units.value * 10n ** BigInt(money.digits));
  const price = exact(value, PRICE_DIGITS);
  return compare(times(price, units), money) === 0 ? exactText(price) : undefined;
}

const COUNTERS: ReadonlyMap<string, string> = new Map([
  ['requests', 'request'],
  ['web_searches', 'search'],
]);

/** Empty where a line counts units of several kinds, or those of a meter, whose name says what they are. */
function unitOf({ groups }: Usage): string {
  const units = new Set(
    groups.map(({ class: name }) => (name.startsWith('meter:') ? '' : (COUNTERS.get(name) ?? 'token'))),
  );
  const [unit = ''] = units;
  return units.size === 1 ? unit : '';
}

function estimateOf({ provenance, quantity }: Usage): readonly string[] {
  if (isZero(provenance.estimated)) return [];
  return isSame(provenance.estimated, quantity) ? ['estimated'] : [`${grouped(provenance.estimated)} of it estimated`];
}

function isSame(one: string, other: string): boolean {
  return compare(exactOf(one), exactOf(other)) === 0;
}
