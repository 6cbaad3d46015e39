// The rows of a line that bills use. Where all of it is at one price, there is a row for each date, project and price; where
// the price depends on how much it is (tiers, packages), a row for each step over the period of the line.

import { type CanonicalInvoice, type Exact, minus, plus, times, ZERO } from '@tollgate/domain';
import { exactOf } from './amounts.ts';
import { knownDateSpan } from './date-spans.ts';
import { asOne, atPrice, type PricedColumns, quotient, SINGLE, type Unit } from './focus-charge.ts';
import type { FocusRow } from './focus-columns.ts';

type Line = CanonicalInvoice['lines'][number];
type Usage = NonNullable<Line['usage']>;
type Group = Usage['groups'][number];
type Step = Usage['steps'][number];

/** What a row of use, or of a fee that comes with it, says of itself. */
export type UseColumns = PricedColumns &
  Pick<
    FocusRow,
    | 'ChargeCategory'
    | 'ChargeDescription'
    | 'ChargeFrequency'
    | 'ChargePeriodEnd'
    | 'ChargePeriodStart'
    | 'ConsumedQuantity'
    | 'ConsumedUnit'
    | 'SkuId'
    | 'SkuMeter'
    | 'SkuPriceDetails'
    | 'SkuPriceId'
    | 'SubAccountId'
    | 'x_ModelName'
    | 'x_ModelProvider'
  >;

const TOKENS: Unit = { name: 'Tokens', size: 1_000_000n };

export function useRows(line: Line, usage: Usage, zone: string): readonly UseColumns[] {
  const [step, another] = usage.steps;
  const isContinued = exactOf(usage.billed_before).value !== 0n || hasEarlierUse(line, usage, zone);
  if (step !== undefined && another === undefined) {
    const quantity = plus(exactOf(step.quantity), exactOf(usage.allowance));
    const price = exactOf(step.unit_price);
    const fees = isContinued ? [] : feeRows(line, usage);
    if (isSame(quantity, usage.cost)) return [...dayRows({ line, usage, zone, price, of: 'cost' }), ...fees];
    if (isSame(quantity, usage.quantity)) return [...dayRows({ line, usage, zone, price, of: 'quantity' }), ...fees];
  }
  // Steps are those of the whole period so far: what was billed of them before cannot be told from the rest.
  if (isContinued) return [differenceRow(line, usage)];
  return [...stepRows(line, usage), ...allowanceRows(line, usage), ...feeRows(line, usage)];
}

/** Of a period that is billed in parts, a line has all use up to its end. */
function hasEarlierUse(line: Line, { groups }: Usage, zone: string): boolean {
  const startMs = Date.parse(line.start);
  return groups.some(({ days: [first] }) => first !== undefined && knownDateSpan(first.date, zone).endMs <= startMs);
}

function isSame(amount: Exact, text: string): boolean {
  return minus(amount, exactOf(text)).value === 0n;
}

interface Daily {
  readonly line: Line;
  readonly usage: Usage;
  readonly zone: string;
  /** For one of the quantity, or for one unit of what the events cost. */
  readonly price: Exact;
  readonly of: 'cost' | 'quantity';
}

function dayRows({ line, usage, zone, price, of }: Daily): readonly UseColumns[] {
  const period = periodOf(line);
  return usage.groups.flatMap((group) =>
    group.days.flatMap((day): UseColumns[] => {
      const span = knownDateSpan(day.date, zone);
      // Use of before the line was billed before.
      if (span.endMs <= period.ChargePeriodStart) return [];
      const [quantity, cost] = [exactOf(day.quantity), exactOf(day.cost)];
      if (quantity.value === 0n && cost.value === 0n) return [];
      const unit = unitOf(group.class);
      const listPrice = of === 'quantity' ? price : quotient(cost, quantity);
      const contractedPrice = of === 'quantity' ? price : listPrice && times(listPrice, price);
      const list = of === 'quantity' ? times(quantity, price) : cost;
      const contracted = of === 'quantity' ? list : times(cost, price);
      const priced = listPrice && contractedPrice ? atPrice({ quantity, unit, listPrice, contractedPrice }) : undefined;
      return [
        {
          ...(priced ?? asOne({ list, contracted })),
          ...skuOf(
            group,
            of === 'cost' ? group.price_ids.join('+') : `${line.charge}/${line.usage?.steps[0]?.unit_price}`,
          ),
          SubAccountId: group.project,
          ...consumed(
            quantity.value === 0n
              ? { amount: exactOf(day.events), unit: 'Events' }
              : { amount: quantity, unit: unit.name },
          ),
          ChargeCategory: 'Usage',
          ChargeFrequency: 'Usage-Based',
          ChargeDescription: line.description,
          ChargePeriodStart: within(span.startMs, period),
          ChargePeriodEnd: within(span.endMs, period),
        },
      ];
    }),
  );
}

type Period = Pick<FocusRow, 'ChargePeriodStart' | 'ChargePeriodEnd'>;

export function periodOf({ start, end }: Pick<Line, 'start' | 'end'>): Period {
  return { ChargePeriodStart: Date.parse(start), ChargePeriodEnd: Date.parse(end) };
}

function within(atMs: number, { ChargePeriodStart, ChargePeriodEnd }: Period): number {
  return Math.min(Math.max(atMs, ChargePeriodStart), ChargePeriodEnd);
}

function stepRows(line: Line, usage: Usage): readonly UseColumns[] {
  const tokens = commonUnit(usage);
  const isTiered = usage.steps.some(({ tier }) => tier !== null);
  return usage.steps
    .filter((step) => exactOf(step.quantity).value !== 0n)
    .map((step) => {
      const [quantity, price] = [exactOf(step.quantity), exactOf(step.unit_price)];
      const unit = isTiered ? tokens : { name: 'Packages', size: 1n };
      const cost = times(quantity, price);
      return {
        ...chargeColumns(line, usage, { name: stepName(step, isTiered), price: step.unit_price }),
        ...(atPrice({ quantity, unit, listPrice: price, contractedPrice: price }) ??
          asOne({ list: cost, contracted: cost })),
        ...consumed({ amount: isTiered ? quantity : exactOf(usage.quantity), unit: tokens.name }),
      };
    });
}

function stepName({ tier }: Step, isTiered: boolean): string {
  return isTiered ? `tier ${tier}` : 'package';
}

/** Packages hold what is free; of tiers it is on top. */
function allowanceRows(line: Line, usage: Usage): readonly UseColumns[] {
  const free = exactOf(usage.allowance);
  if (free.value === 0n || usage.steps.every(({ tier }) => tier === null)) return [];
  const unit = commonUnit(usage);
  return [
    {
      ...chargeColumns(line, usage, { name: 'allowance', price: '0' }),
      ...(atPrice({ quantity: free, unit, listPrice: ZERO, contractedPrice: ZERO }) ??
        asOne({ list: ZERO, contracted: ZERO })),
      ...consumed({ amount: free, unit: unit.name }),
    },
  ];
}

function feeRows(line: Line, usage: Usage): readonly UseColumns[] {
  return usage.steps
    .filter(({ flat_fee }) => exactOf(flat_fee).value !== 0n)
    .map((step) => {
      const fee = exactOf(step.flat_fee);
      const name = step.tier === null ? 'fee' : `tier ${step.tier} fee`;
      return {
        ...chargeColumns(line, usage, { name, price: step.flat_fee }),
        ...asOne({ list: fee, contracted: fee }),
        ...{ ChargeCategory: 'Purchase', ChargeFrequency: 'Recurring', SkuMeter: 'Fee' },
        ...{ ConsumedQuantity: null, ConsumedUnit: null },
      };
    });
}

function differenceRow(line: Line, usage: Usage): UseColumns {
  const due = minus(exactOf(usage.amount), exactOf(usage.billed_before));
  return {
    ...chargeColumns(line, usage, { name: 'difference', price: line.amount }),
    ...asOne({ list: due, contracted: due }),
    ...consumed({ amount: exactOf(usage.quantity), unit: commonUnit(usage).name }),
  };
}

/** What is said of a row that is not for one group. */
function chargeColumns(
  line: Line,
  usage: Usage,
  { name, price }: { readonly name: string; readonly price: string },
): Omit<UseColumns, keyof PricedColumns | 'ConsumedQuantity' | 'ConsumedUnit'> {
  const projects = new Set(usage.groups.map(({ project }) => project));
  const [project = null] = projects;
  return {
    ...{ ChargeCategory: 'Usage', ChargeFrequency: 'Usage-Based', ChargeDescription: `${line.description}, ${name}` },
    ...{ SkuId: line.charge, SkuPriceId: `${line.charge}/${name}/${price}`, SkuPriceDetails: null },
    SkuMeter: meterName(usage.groups[0]?.class ?? line.charge),
    ...{ x_ModelName: null, x_ModelProvider: null },
    SubAccountId: projects.size === 1 ? project : null,
    ...periodOf(line),
  };
}

function skuOf(group: Group, priceId: string) {
  const { provider, model, class: priceClass, service_tier: serviceTier } = group;
  const SkuId = [provider, model, priceClass].filter((part) => part !== '').join('/');
  return {
    SkuId,
    SkuMeter: meterName(priceClass),
    SkuPriceId: `${SkuId}@${priceId}`,
    SkuPriceDetails: JSON.stringify({ x_Class: priceClass, x_ServiceTier: serviceTier }),
    ...{ x_ModelName: model === '' ? null : model, x_ModelProvider: provider === '' ? null : provider },
  };
}

function consumed({ amount, unit }: { readonly amount: Exact; readonly unit: string }) {
  return { ConsumedQuantity: amount, ConsumedUnit: unit };
}

function commonUnit({ groups }: Usage): Unit {
  const units = new Map(groups.map((group) => unitOf(group.class)).map((unit) => [unit.name, unit]));
  const [unit] = units.values();
  return units.size === 1 && unit !== undefined ? unit : SINGLE;
}

function unitOf(priceClass: string): Unit {
  if (priceClass === 'requests') return { name: 'Requests', size: 1n };
  if (priceClass === 'web_searches') return { name: 'Searches', size: 1n };
  return priceClass.startsWith('meter:') ? SINGLE : TOKENS;
}

/** `cache_read` is "Cache Read Tokens". */
function meterName(priceClass: string): string {
  if (priceClass.startsWith('meter:')) return priceClass.slice('meter:'.length);
  const words = priceClass.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return unitOf(priceClass) === TOKENS ? [...words, 'Tokens'].join(' ') : words.join(' ');
}
