// The difference that a re-rate makes, in all and by customer and model. The totals are by currency: two are never added up.

import { Text } from '@mantine/core';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Count, Money } from '../parts/exact.tsx';
import { useNames } from '../parts/names.ts';
import type { Rerate } from './price-queries.ts';

type Line = Rerate['report']['lines'][number];
type Sums = Omit<Line, 'customer' | 'provider' | 'model' | 'old_price_ids' | 'new_price_ids'>;

const SUM_COLUMNS: readonly Column<Sums>[] = [
  { name: 'Events', isNumber: true, cell: ({ events }) => <Count count={events} /> },
  { name: 'Changed', isNumber: true, cell: ({ changed }) => <Count count={changed} /> },
  {
    name: 'Without a price',
    isNumber: true,
    cell: ({ unpriced_before: before, still_unpriced: still }) => (
      <span className="figure" title={`${before} before, ${still} now`}>
        {before} → {still}
      </span>
    ),
  },
  { name: 'Cost before', isNumber: true, cell: ({ old_cost: cost, currency }) => <Cost {...{ cost, currency }} /> },
  { name: 'Cost now', isNumber: true, cell: ({ new_cost: cost, currency }) => <Cost {...{ cost, currency }} /> },
  {
    name: 'Difference',
    isNumber: true,
    cell: ({ difference, currency }) => (
      <strong>
        {/^-|^0(?:\.0+)?$/.test(difference) ? '' : '+'}
        <Cost cost={difference} currency={currency} />
      </strong>
    ),
  },
];

export function RerateReport({ rerate: { report, state } }: { readonly rerate: Rerate }) {
  const nameOf = useNames();
  const columns: readonly Column<Line>[] = [
    { name: 'Customer', cell: ({ customer }) => <div className="name clamped">{nameOf(customer)}</div> },
    {
      name: 'Model',
      cell: ({ model, provider }) => (
        <>
          <span className="name">{model}</span>
          <Text size="xs" className="dim name">
            {provider}
          </Text>
        </>
      ),
    },
    ...SUM_COLUMNS,
  ];
  const totals: readonly Column<Sums>[] = [
    { name: 'Currency', cell: ({ currency }) => currency ?? 'none' },
    ...SUM_COLUMNS,
  ];
  const empty = (
    <EmptyState title={state === 'rating' ? 'Nothing found so far' : 'No events in it'}>
      Events of the period that the filters leave are listed here.
    </EmptyState>
  );
  if (report.totals.length === 0) return <section className="panel">{empty}</section>;
  const ready = { error: null, onRetry: () => undefined, empty };
  return (
    <>
      <DataTable
        label="In all"
        columns={totals}
        rows={report.totals}
        keyOf={({ currency }) => currency ?? 'none'}
        {...ready}
      />
      <DataTable
        label="By customer and model"
        columns={columns}
        rows={report.lines}
        keyOf={({ customer, provider, model, currency }) => [customer, provider, model, currency].join(' ')}
        {...ready}
      />
    </>
  );
}

function Cost({ cost, currency }: { readonly cost: string; readonly currency: string | null }) {
  return currency === null ? cost : <Money amount={cost} currency={currency} />;
}
