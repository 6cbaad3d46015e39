// The invoices there are. The operator sees those of all customers, drafts too; a customer its own.

import '../money.css';
import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { api, bodyOf } from '../api/client.ts';
import { daySpan } from '../format/time.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Billed } from '../parts/exact.tsx';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { isOperator, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { CustomerSelect } from './customer-select.tsx';
import { INVOICE_STATES, type InvoiceFilters, type InvoiceState } from './invoice-filters.ts';
import { InvoiceStateBadge } from './invoice-state.tsx';
import { InvoiceTabs } from './invoice-tabs.tsx';

const route = getRouteApi('/shell/invoices');
const PAGE_ROWS = 50;

async function readInvoices({ state, ...filters }: InvoiceFilters, cursor: string | undefined) {
  const query = { ...filters, limit: PAGE_ROWS, ...(state && { state: [state] }), ...(cursor && { cursor }) };
  return await bodyOf(api.GET('/v1/invoices', { params: { query } }));
}

type Row = Awaited<ReturnType<typeof readInvoices>>['data'][number];

export function InvoicesPage() {
  const filters = route.useSearch();
  const session = useSession();
  const zone = useZone();
  const nameOf = useNames();
  const pages = usePages({
    queryKey: ['invoices', 'list', filters],
    read: (cursor) => readInvoices(filters, cursor),
  });
  const isForAll = isOperator(session);
  const columns: readonly Column<Row>[] = [
    {
      name: 'Invoice',
      cell: ({ id, number }) => (
        <Link to="/invoices/$id" params={{ id }} className="link strong">
          {number ?? 'Draft'}
        </Link>
      ),
    },
    ...(isForAll
      ? [{ name: 'Customer', cell: ({ customer }: Row) => <div className="name clamped">{nameOf(customer)}</div> }]
      : []),
    { name: 'Period', cell: ({ period }) => <Period {...period} /> },
    {
      name: 'State',
      cell: ({ state, refusal }) => (
        <Group gap={6} wrap="nowrap">
          <InvoiceStateBadge state={state} />
          {state === 'draft' && refusal !== null && (
            <Text size="xs" className="warned">
              blocked
            </Text>
          )}
        </Group>
      ),
    },
    { name: 'Total', isNumber: true, cell: ({ total, currency }) => <AmountOrNone {...{ amount: total, currency }} /> },
    { name: 'Due', isNumber: true, cell: ({ due, currency }) => <AmountOrNone {...{ amount: due, currency }} /> },
    {
      name: `Due by (${zone})`,
      cell: ({ due_at: at }) => (at === null ? <span className="dim">–</span> : <Time at={at} />),
    },
  ];
  return (
    <Page
      title="Invoices"
      lead={`Periods in the zone of their customer, other times in ${zone}`}
      actions={
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/invoices/preview" search={previewOf(filters)} {...props} />}
        >
          Preview the open period
        </Button>
      }
    >
      {isForAll && <InvoiceTabs />}
      <Filters filters={filters} hasCustomers={isForAll} />
      <DataTable
        label="Invoices"
        columns={columns}
        keyOf={({ id }) => id}
        empty={<NoInvoices isFiltered={Object.keys(filters).length > 0} isOperator={isForAll} />}
        {...pages}
      />
    </Page>
  );
}

function previewOf({ customer }: InvoiceFilters): { readonly customer?: string } {
  return customer === undefined ? {} : { customer };
}

function Filters({ filters, hasCustomers }: { readonly filters: InvoiceFilters; readonly hasCustomers: boolean }) {
  const navigate = route.useNavigate();
  const change = (changes: { readonly [Name in keyof InvoiceFilters]?: InvoiceFilters[Name] | undefined }): void => {
    const merged = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== undefined);
    void navigate({ search: Object.fromEntries(merged), replace: true });
  };
  const states = INVOICE_STATES.filter((state) => hasCustomers || state !== 'draft');
  return (
    <Group gap="sm" align="flex-end">
      {hasCustomers && (
        <CustomerSelect value={filters.customer} onChange={(customer) => change({ customer })} placeholder="All" />
      )}
      <Select
        label="State"
        size="xs"
        w={150}
        clearable
        placeholder="All"
        data={[...states]}
        value={filters.state ?? null}
        onChange={(value) => change({ state: (value as InvoiceState | null) ?? undefined })}
      />
      <TextInput
        type="month"
        label="Month"
        size="xs"
        w={150}
        value={filters.month ?? ''}
        onChange={(event) => change({ month: event.currentTarget.value || undefined })}
      />
      <TextInput
        key={filters.number ?? ''}
        label="Number"
        size="xs"
        w={150}
        defaultValue={filters.number ?? ''}
        onBlur={(event) => change({ number: event.currentTarget.value.trim() || undefined })}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      {Object.keys(filters).length > 0 && (
        <Button size="xs" variant="subtle" onClick={() => void navigate({ search: {}, replace: true })}>
          Clear filters
        </Button>
      )}
    </Group>
  );
}

function NoInvoices({
  isFiltered,
  isOperator: isForAll,
}: {
  readonly isFiltered: boolean;
  readonly isOperator: boolean;
}) {
  if (isFiltered)
    return <EmptyState title="No invoices like that">Choose another state, month or customer.</EmptyState>;
  return (
    <EmptyState
      title="No invoices yet"
      {...(isForAll
        ? {
            curl: `curl ${window.location.origin}/v1/invoices/preview?customer=cus_… -H 'Authorization: Bearer tg_live_…'`,
          }
        : {})}
    >
      {isForAll
        ? 'A draft is made by itself when the period of a customer has ended. Until then there is the preview.'
        : 'An invoice is here when a period has ended and it was finalized. Until then there is the preview.'}
    </EmptyState>
  );
}

function Period(period: Row['period']) {
  return (
    <span
      className="figure"
      title={`${period.start} to ${period.end}, in ${period.zone}`}
      style={{ whiteSpace: 'nowrap' }}
    >
      {daySpan(period)}
    </span>
  );
}

function AmountOrNone({ amount, currency }: { readonly amount: string | null; readonly currency: string }) {
  return amount === null ? <span className="dim">–</span> : <Billed amount={amount} currency={currency} />;
}
