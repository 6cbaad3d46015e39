// Figures as people read them: digits in groups, the minus sign of typography, and prices of tokens for a million of them.

import { exact, exactText, roundHalfUp, times } from '@tollgate/domain';
import { exactOf, isZero } from '../amounts.ts';

const MINUS = '\u2212';
const EXACT_DIGITS_MAX = 10;

/** Decimal text with its digits in groups: `-1234.50` is `−1,234.50`. */
export function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.replace(/^-/, '').split('.');
  const groups = whole.replaceAll(/\d(?=(?:\d{3})+$)/g, '$&,');
  return `${decimal.startsWith('-') ? MINUS : ''}${groups}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** What is taken off: `12.00` is `−12.00`, and nothing stays nothing. */
export function takenOff(decimal: string): string {
  return isZero(decimal) ? grouped(decimal) : grouped(decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`);
}

/** With all its digits, at least those of the currency; what has very many of them is said to be rounded. */
export function exactFigure(decimal: string, minorDigits: number): string {
  const [whole = '0', fraction = ''] = decimal.split('.');
  if (fraction.length > EXACT_DIGITS_MAX) {
    const rounded = exact(roundHalfUp(exactOf(decimal), EXACT_DIGITS_MAX), EXACT_DIGITS_MAX);
    return `\u2248${exactFigure(exactText(rounded), minorDigits)}`;
  }
  const padded = fraction.padEnd(minorDigits, '0');
  return grouped(padded === '' ? whole : `${whole}.${padded}`);
}

const PER_MILLION = exact(1_000_000n);

/** `0.0000025` of a token is `2.50 / 1M`, since nobody reads the former. */
export function unitPriceText(of: {
  readonly price: string;
  readonly unit: string;
  readonly minorDigits: number;
}): string {
  const { price, unit, minorDigits } = of;
  if (unit !== 'token') return `${exactFigure(price, minorDigits)}${unit === '' ? '' : ` / ${unit}`}`;
  return `${exactFigure(exactText(times(exactOf(price), PER_MILLION)), minorDigits)} / 1M`;
}
