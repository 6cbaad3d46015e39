// Numbers for people: short where there is little room, exact where somebody looks.

import { fromUnits, toUnits } from './decimal.ts';

const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' });

export function exactCount(count: number | bigint): string {
  return GROUPED.format(count);
}

export function shortCount(count: number | bigint): string {
  return count < 10_000 ? GROUPED.format(count) : SHORT.format(count);
}

/** All digits, with the currency's name: `0.00006 USD`. */
export function exactMoney(decimal: string, currency: string): string {
  return `${exactDecimal(decimal)} ${currency}`;
}

/** As prices are written: two places of whole money, more where there would be nothing but zeros. Cut, not rounded up to a lie. */
export function shortMoney(decimal: string, currency: string): string {
  const units = toUnits(decimal);
  const size = units < 0n ? -units : units;
  const places = size === 0n || size >= 10n ** 12n ? 2 : size >= 10n ** 10n ? 4 : 6;
  const step = 10n ** BigInt(12 - places);
  const rounded = ((size + step / 2n) / step) * step;
  const [whole = '0', fraction = ''] = fromUnits(rounded).split('.');
  const symbol = symbolOf(currency);
  return `${units < 0n ? '-' : ''}${symbol}${GROUPED.format(BigInt(whole))}.${fraction.padEnd(places, '0')}`;
}

/** As it is billed: with the digits that it has, neither more nor fewer. */
export function billedMoney(decimal: string, currency: string): string {
  const isNegative = decimal.startsWith('-');
  const [whole = '0', fraction] = decimal.replace('-', '').split('.');
  const digits = `${GROUPED.format(BigInt(whole))}${fraction === undefined ? '' : `.${fraction}`}`;
  return `${isNegative ? '-' : ''}${symbolOf(currency)}${digits}`;
}

/** As price lists have it: two places, more where the price has more. */
export function priceMoney(decimal: string, currency: string): string {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return `${symbolOf(currency)}${GROUPED.format(BigInt(whole))}.${fraction.padEnd(2, '0')}`;
}

/** A decimal of any size as it stands, its whole part grouped. */
export function exactDecimal(decimal: string): string {
  const [whole = '0', fraction] = decimal.split('.');
  const grouped = whole === '-0' ? '-0' : GROUPED.format(BigInt(whole));
  return `${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Null where there was nothing before to compare with. */
export function change(now: number, before: number): string | null {
  return before === 0 ? null : PERCENT.format((now - before) / before);
}

function symbolOf(currency: string): string {
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency }).formatToParts(0);
  const symbol = parts.find(({ type }) => type === 'currency')?.value ?? currency;
  return symbol.length > 1 && /\w$/.test(symbol) ? `${symbol} ` : symbol;
}
