import { describe, expect, it } from 'vitest';
import { applyCoupons, type Coupon } from './coupon.ts';
import { exact, parseExact, ZERO } from './exact.ts';
import { applyTax, REVERSE_CHARGE_TEXT, type TaxRate } from './tax.ts';

function rateOf(name: string, percent: string): TaxRate {
  return { id: `txr_${name}`, name, percent: parseExact(percent) ?? ZERO };
}

describe('tax', () => {
  it.each([
    ['added', 'USD', 10_000n, [rateOf('VAT', '19')], 10_000n, [1_900n], 11_900n],
    ['added, half a cent', 'USD', 250n, [rateOf('VAT', '7')], 250n, [18n], 268n],
    ['added, yen', 'JPY', 1_005n, [rateOf('CT', '10')], 1_005n, [101n], 1_106n],
    ['added, dinars', 'BHD', 1_005n, [rateOf('VAT', '10')], 1_005n, [101n], 1_106n],
    // GST and QST of Quebec: both on the same amount.
    ['added, two rates', 'CAD', 10_000n, [rateOf('GST', '5'), rateOf('QST', '9.975')], 10_000n, [500n, 998n], 11_498n],
    ['added to a negative amount', 'USD', -250n, [rateOf('VAT', '7')], -250n, [-18n], -268n],
    ['added, at zero', 'USD', 250n, [rateOf('VAT', '0')], 250n, [0n], 250n],
    // docs.zuora.com, rounding rule for inclusive tax mode: of $2.99 with 4 % the tax, rounded, is $0.12.
    ['included', 'USD', 299n, [rateOf('VAT', '4')], 287n, [12n], 299n],
    [
      'included, two rates',
      'CAD',
      11_498n,
      [rateOf('GST', '5'), rateOf('QST', '9.975')],
      10_000n,
      [500n, 998n],
      11_498n,
    ],
    ['included in a negative amount', 'USD', -299n, [rateOf('VAT', '4')], -287n, [-12n], -299n],
  ])('%s (%s)', (name, currency, amountMinor, rates, netMinor, taxes, totalMinor) => {
    const prices = name.startsWith('added') ? 'added' : 'included';
    const taxed = applyTax({ treatment: { kind: 'taxed', rates, prices }, amountMinor, currency });
    expect(taxed).toMatchObject({ netMinor, totalMinor, text: null });
    expect(taxed.taxes.map((tax) => tax.amountMinor)).toEqual(taxes);
  });

  it('that the customer owes is said, and is not asked', () => {
    const treatment = { kind: 'reverse_charge', text: REVERSE_CHARGE_TEXT } as const;
    expect(applyTax({ treatment, amountMinor: 100n, currency: 'EUR' })).toEqual({
      ...{ netMinor: 100n, taxes: [], totalMinor: 100n, treatment: 'reverse_charge', text: REVERSE_CHARGE_TEXT },
    });
  });
});

describe('coupons', () => {
  const percent = (id: string, of: bigint): Coupon => ({
    id,
    description: id,
    takes: { kind: 'percent', percent: exact(of) },
  });
  const fixed = (id: string, amountMinor: bigint): Coupon => ({
    id,
    description: id,
    takes: { kind: 'amount', amountMinor },
  });

  it.each([
    ['in the order given, each from what is left', [percent('a', 10n), percent('b', 10n)], 1_000n, [100n, 90n]],
    ['rounded half-up', [percent('a', 50n)], 5n, [3n]],
    ['no more than there is', [fixed('a', 700n), fixed('b', 700n), fixed('c', 1n)], 1_000n, [700n, 300n]],
    ['nothing off what is not positive', [fixed('a', 5n), percent('b', 10n)], -1_000n, []],
  ])('%s', (_name, coupons, subtotalMinor, amounts) => {
    const applied = applyCoupons({ coupons, subtotalMinor, currency: 'USD' });
    expect(applied.map(({ amountMinor }) => amountMinor)).toEqual(amounts);
  });
});
