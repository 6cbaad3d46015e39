import { exactText } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { focusRows } from './focus-rows.ts';
import { FULL, groupOf, sampleInvoice } from './sample-invoice.ts';

/** Of each row what is charged, how much of what at which prices, and what that is billed. */
function rowsOf(invoice: ReturnType<typeof sampleInvoice>, lineId: string | null): readonly string[] {
  return [...focusRows(invoice)]
    .filter((row) => row.x_LineId === lineId)
    .map((row) =>
      [
        row.ChargeCategory,
        row.ChargeDescription,
        ...[row.PricingQuantity, row.PricingUnit, row.ListUnitPrice, row.ContractedUnitPrice],
        ...[row.ContractedCost, row.EffectiveCost, row.BilledCost],
      ]
        .map((value) => (value === null ? '-' : typeof value === 'string' ? value : exactText(value)))
        .join(' | '),
    );
}

const INVOICE = sampleInvoice(FULL);

describe('the rows of FOCUS', () => {
  it('of tiers are their steps, what is free, and their fee; a discount is in what they effectively cost', () => {
    expect(rowsOf(INVOICE, 'tiers')).toEqual([
      'Usage | Input tokens, graduated, tier 1 | 1 | 1000000 Tokens | 2.5 | 2.5 | 2.5 | 2.25 | 2.25',
      'Usage | Input tokens, graduated, tier 2 | 9 | 1000000 Tokens | 2 | 2 | 18 | 16.2 | 16.2',
      'Usage | Input tokens, graduated, tier 3 | 13.356789 | 1000000 Tokens | 1.5 | 1.5 | 20.0351835 | 18.03166515 | 18.03',
      'Usage | Input tokens, graduated, allowance | 0.1 | 1000000 Tokens | 0 | 0 | 0 | 0 | 0',
      'Purchase | Input tokens, graduated, tier 1 fee | 1 | Units | 5 | 5 | 5 | 4.5 | 4.5',
    ]);
  });

  it('of packages are the packages', () => {
    expect(rowsOf(INVOICE, 'packs')).toEqual([
      'Usage | Requests, by the thousand, package | 13 | Packages | 1.2 | 1.2 | 15.6 | 15.6 | 15.6',
    ]);
  });

  it("of a mark-up are dates, with the price book's price and the one of the contract", () => {
    expect(rowsOf(INVOICE, 'plus')).toEqual([
      'Usage | Output tokens, with service | 3.1 | 1000000 Tokens | 10 | 12 | 37.2 | 37.2 | 37.2',
    ]);
  });

  it('of fees are purchases, and of adjustments corrections', () => {
    expect(rowsOf(INVOICE, 'fee')).toEqual(['Purchase | Platform, monthly | 1 | Units | 49 | 49 | 49 | 49 | 49']);
    expect(rowsOf(INVOICE, 'adj_1')).toEqual([
      'Adjustment | Usage, gpt-4o, input | - | - | - | - | -11.5 | -11.5 | -11.5',
    ]);
    expect([...focusRows(INVOICE)].filter((row) => row.ChargeClass === 'Correction').length).toBe(2);
  });

  it('of what is taken off are credits, and of taxes taxes', () => {
    expect(rowsOf(INVOICE, null).map((row) => row.split(' | ')[0])).toEqual(['Credit', 'Tax', 'Credit', 'Credit']);
  });

  it('give the cents of a line to those that lost most', () => {
    const use = ['prj_a', 'prj_b', 'prj_c'].map((project) =>
      groupOf({ model: 'gpt-4o', quantity: 1_000n, price: '0.0000033', class: 'output', project }),
    );
    const rows = [...focusRows(sampleInvoice({ charges: FULL.charges ?? [], use }))].filter(
      ({ x_LineId: line }) => line === 'plus',
    );
    expect(rows.map((row) => [row.SubAccountId, exactText(row.BilledCost), exactText(row.EffectiveCost)])).toEqual([
      ['prj_a', '0.01', '0.00396'],
      ['prj_b', '0', '0.00396'],
      ['prj_c', '0', '0.00396'],
    ]);
  });
});
