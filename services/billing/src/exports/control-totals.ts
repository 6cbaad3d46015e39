// What the invoices of an export come to, by currency: in the manifest, so that whoever takes the files in can check that
// nothing is missing.

import type { CreditNote, Invoice } from '@tollgate/accounts';
import { formatMinor, type JsonObject } from '@tollgate/domain';

const COUNTS = ['invoices', 'void_invoices', 'credit_notes'] as const;
const AMOUNTS = ['subtotal', 'total', 'due', 'void_total', 'credited'] as const;
type Figure = (typeof COUNTS)[number] | (typeof AMOUNTS)[number];
type Sums = Readonly<Partial<Record<Figure, bigint>>>;

/** By currency; amounts in minor units. */
export type ControlTotals = ReadonlyMap<string, Sums>;

export const NO_TOTALS: ControlTotals = new Map();

export function totalsOfInvoice(
  { currency, snapshot }: Invoice,
  { isVoid }: { readonly isVoid: boolean },
): ControlTotals {
  if (snapshot === null) return NO_TOTALS;
  const { subtotalMinor: subtotal, totalMinor: total, dueMinor: due } = snapshot;
  // What is void is owed by nobody, but its number is used.
  const sums: Sums = isVoid ? { void_invoices: 1n, void_total: total } : { invoices: 1n, subtotal, total, due };
  return new Map([[currency, sums]]);
}

export function totalsOfCreditNote({ currency, figures }: CreditNote): ControlTotals {
  return new Map([[currency, { credit_notes: 1n, credited: figures.totalMinor }]]);
}

export function addTotals(some: ControlTotals, others: ControlTotals): ControlTotals {
  const sums = new Map(some);
  for (const [currency, added] of others) {
    const before = sums.get(currency) ?? {};
    const figures = [...COUNTS, ...AMOUNTS].map((name) => [name, (before[name] ?? 0n) + (added[name] ?? 0n)]);
    sums.set(currency, Object.fromEntries(figures));
  }
  return sums;
}

/** Whole numbers as text. */
export function totalsToJson(totals: ControlTotals): JsonObject {
  const text = (sums: Sums): JsonObject =>
    Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum.toString()]));
  return Object.fromEntries([...totals].map(([currency, sums]) => [currency, text(sums)]));
}

export function totalsFromJson(json: JsonObject): ControlTotals {
  const sumsOf = (value: unknown): Sums => {
    if (typeof value !== 'object' || value === null)
      throw new Error('control totals of an export are not as they were');
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, BigInt(String(text))]));
  };
  return new Map(Object.entries(json).map(([currency, value]) => [currency, sumsOf(value)]));
}

/** As the manifest shows them: amounts are decimal text in the currency. */
export function totalsForManifest(totals: ControlTotals): JsonObject {
  const shown = (currency: string, sums: Sums): JsonObject => ({
    ...Object.fromEntries(COUNTS.map((name) => [name, Number(sums[name] ?? 0n)])),
    ...Object.fromEntries(AMOUNTS.map((name) => [name, formatMinor(sums[name] ?? 0n, currency)])),
  });
  const byCurrency = [...totals].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(byCurrency.map(([currency, sums]) => [currency, shown(currency, sums)]));
}
