// What an invoice comes to, at a glance.

import { Text } from '@mantine/core';
import { billedMoney, exactMoney } from '../format/number.ts';
import type { InvoiceDocument } from './invoice-queries.ts';

export function TotalTiles({ document: { currency, totals } }: { readonly document: InvoiceDocument }) {
  const tiles = [
    ['Subtotal', totals.subtotal],
    ['Total with tax', totals.total],
    ['Due', totals.due],
  ] as const;
  return (
    <section className="tiles" aria-label="Amounts">
      {tiles.map(([name, amount]) => (
        <div key={name} className="panel" data-total={name}>
          <Text size="sm" className="dim">
            {name}
          </Text>
          <div className="tile-value" title={exactMoney(amount, currency)}>
            {billedMoney(amount, currency)}
          </div>
        </div>
      ))}
    </section>
  );
}
