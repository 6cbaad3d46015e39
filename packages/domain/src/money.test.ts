import { describe, expect, it } from 'vitest';
import { CURRENCIES, isCurrency, minorDigitsOf } from './currency.ts';
import { parseExact, ZERO } from './exact.ts';
import { formatMinor, fromPico, toMinor } from './money.ts';

describe('currencies', () => {
  it('are those of ISO 4217 that somebody can be billed in', () => {
    expect(CURRENCIES).toHaveLength(165);
    expect(new Set(CURRENCIES).size).toBe(165);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    // Gold, the testing code, no currency, and currencies that are no more.
    for (const code of ['XAU', 'XTS', 'XXX', 'BGN', 'HRK', 'usd', '']) expect(isCurrency(code)).toBe(false);
  });

  it.each([
    ['USD', 2],
    ['JPY', 0],
    ['BHD', 3],
    ['CLF', 4],
    // What Intl would say of these is what is usual in shops.
    ['HUF', 2],
    ['IQD', 3],
  ])('%s has %i digits', (currency, digits) => {
    expect(minorDigitsOf(currency)).toBe(digits);
  });

  it('are not guessed', () => {
    expect(() => minorDigitsOf('ABC')).toThrow('ABC');
  });
});

it.each([
  ['0.015', 'USD', 2n, '0.02'],
  ['0.014999999999', 'USD', 1n, '0.01'],
  ['-0.015', 'USD', -2n, '-0.02'],
  ['1234.5', 'JPY', 1235n, '1235'],
  ['1234.4999', 'JPY', 1234n, '1234'],
  ['0.0005', 'BHD', 1n, '0.001'],
  ['12.3', 'EUR', 1230n, '12.30'],
  ['0', 'EUR', 0n, '0.00'],
])('%s %s is rounded once', (text, currency, minor, written) => {
  expect(toMinor(parseExact(text) ?? ZERO, currency)).toBe(minor);
  expect(formatMinor(minor, currency)).toBe(written);
});

it('is a millionth of a millionth in picounits', () => {
  expect(toMinor(fromPico(5_000_000_000n), 'USD')).toBe(1n);
  expect(toMinor(fromPico(4_999_999_999n), 'USD')).toBe(0n);
});
