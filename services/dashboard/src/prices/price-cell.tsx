// What one class costs, for a million tokens or for one of what is no token.

import { exactMoney, priceMoney } from '../format/number.ts';
import type { Price } from './price-queries.ts';

export const PER_NAMES: Readonly<Record<Price['per'], string>> = { million_tokens: 'per million tokens', unit: 'each' };

export function PriceCell({ price }: { readonly price: Price | undefined }) {
  if (price === undefined) return <span className="dim">–</span>;
  if (price.amount === null) return <span className="dim">ended</span>;
  return (
    <span className="figure" title={`${exactMoney(price.amount, price.currency)} ${PER_NAMES[price.per]}`}>
      {priceMoney(price.amount, price.currency)}
    </span>
  );
}
