import { exact, exactText } from '@tollgate/domain';
import { expect, it } from 'vitest';
import { asOne, atPrice, type PricedColumns, quotient } from './focus-charge.ts';

const TOKENS = { name: 'Tokens', size: 1_000_000n };

function textOf(columns: PricedColumns | undefined): Readonly<Record<string, string | null>> | undefined {
  if (columns === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name,
      typeof value === 'string' || value === null ? value : exactText(value),
    ]),
  );
}

it('prices tokens by the million', () => {
  const price = { listPrice: exact(25n, 7), contractedPrice: exact(2n, 6) };
  expect(textOf(atPrice({ quantity: exact(1_500_001n), unit: TOKENS, ...price }))).toEqual({
    ...{ PricingQuantity: '1.500001', PricingUnit: '1000000 Tokens', ListUnitPrice: '2.5', ContractedUnitPrice: '2' },
    ...{ ListCost: '3.7500025', ContractedCost: '3.000002' },
  });
});

it('is one unit at its cost where no decimal is the price', () => {
  expect(quotient(exact(1n), exact(3n))).toBeUndefined();
  expect(quotient(exact(1n), exact(8n))).toEqual(exact(125n, 3));
  expect(textOf(asOne({ list: exact(-5n, 1), contracted: exact(-25n, 2) }))).toEqual({
    ...{ PricingQuantity: '-1', PricingUnit: 'Units', ListUnitPrice: '0.5', ContractedUnitPrice: '0.25' },
    ...{ ListCost: '-0.5', ContractedCost: '-0.25' },
  });
});

it('has no price with more digits than a file holds', () => {
  const price = { listPrice: exact(1n, 20), contractedPrice: exact(1n, 25) };
  expect(atPrice({ quantity: exact(1n), unit: TOKENS, ...price })).toBeUndefined();
});
