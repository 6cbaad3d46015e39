// Who sells, who buys, and what else the paper says.

import { Text } from '@mantine/core';
import { Panel } from '../parts/page.tsx';
import type { InvoiceDocument } from './invoice-queries.ts';

export function PartiesPanel({ document }: { readonly document: InvoiceDocument }) {
  const { buyer, note, payment_details: payment, purchase_order: order, seller } = document;
  const said = [
    ['Purchase order', order],
    ['How to pay', payment],
    ['Note', note],
  ] as const;
  return (
    <Panel title="What it says">
      <div className="columns">
        <Party title="Seller" party={seller} />
        <Party title="Buyer" party={buyer} />
        {said.map(
          ([title, text]) =>
            text !== null && (
              <div key={title}>
                <Text size="xs" className="dim">
                  {title}
                </Text>
                <Text size="sm" className="name lines-kept">
                  {text}
                </Text>
              </div>
            ),
        )}
      </div>
    </Panel>
  );
}

function Party({ title, party }: { readonly title: string; readonly party: InvoiceDocument['seller'] }) {
  const lines = [
    ...party.address,
    ...(party.country === null ? [] : [party.country]),
    ...party.tax_ids.map(({ kind, value }) => `${kind.toUpperCase()} ${value}`),
    ...(party.email === null ? [] : [party.email]),
  ];
  return (
    <div>
      <Text size="xs" className="dim">
        {title}
      </Text>
      <Text size="sm" fw={600} className="name">
        {party.name === '' ? 'Not said yet' : party.name}
      </Text>
      {lines.map((line) => (
        <Text key={line} size="sm" className="name">
          {line}
        </Text>
      ))}
    </div>
  );
}
