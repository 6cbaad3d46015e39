// From a line of an invoice to what it is made of: how it was calculated, the use in sums, and the events themselves.

import '../money.css';
import { Button, Skeleton, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { api, bodyOf } from '../api/client.ts';
import { exactDecimal } from '../format/number.ts';
import { daySpan } from '../format/time.ts';
import { className } from '../parts/class-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Billed, Count, Money, Quantity } from '../parts/exact.tsx';
import { Facts } from '../parts/facts.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { useZone } from '../shell/zone.tsx';
import { type Invoice, invoiceQuery } from './invoice-queries.ts';

const route = getRouteApi('/shell/invoices/$id/usage');
const PAGE_ROWS = 50;

async function readLineUsage(of: { readonly id: string; readonly line: string; readonly cursor: string | undefined }) {
  const { id, line, cursor } = of;
  const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/invoices/{id}/lines/{line}/usage', { params: { path: { id, line }, query } }));
}

type Traced = Awaited<ReturnType<typeof readLineUsage>>;

export function LineUsagePage() {
  const { id } = route.useParams();
  const { line } = route.useSearch();
  const invoice = useQuery(invoiceQuery(id));
  const asked = useInfiniteQuery({
    queryKey: ['invoices', 'line', id, line],
    queryFn: ({ pageParam }) => readLineUsage({ id, line, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: cursor }: Traced) => cursor ?? undefined,
  });
  const error = asked.error ?? invoice.error;
  const first = asked.data?.pages[0];
  const file = (format: string) =>
    `/v1/invoices/${encodeURIComponent(id)}/lines/${encodeURIComponent(line)}/usage?format=${format}`;
  return (
    <Page
      title={first?.line.description ?? 'Line of an invoice'}
      lead={
        <>
          Line of{' '}
          <Link to="/invoices/$id" params={{ id }} className="link underlined">
            {invoice.data === undefined ? 'the invoice' : (invoice.data.number ?? 'the draft')}
          </Link>
          {first !== undefined && invoice.data !== undefined && <> · {spanOf(first, invoice.data)}</>}
        </>
      }
      actions={
        <>
          <Button variant="default" component="a" href={file('csv')} download>
            Events as CSV
          </Button>
          <Button variant="default" component="a" href={file('parquet')} download>
            As Parquet
          </Button>
        </>
      }
    >
      {error !== null && <ProblemAlert error={error} onRetry={() => void asked.refetch()} />}
      {error === null && (first === undefined || invoice.data === undefined) && <Skeleton h={220} />}
      {first !== undefined && invoice.data !== undefined && (
        <>
          <Calculation line={first.line} currency={invoice.data.currency} />
          <Title order={2}>Use, in sums</Title>
          <UseTable traced={first} currency={invoice.data.currency} />
          <Title order={2}>Events</Title>
          <EventsOfLine
            customer={invoice.data.customer}
            rows={asked.data?.pages.flatMap(({ data }) => data)}
            onMore={asked.hasNextPage ? () => void asked.fetchNextPage() : undefined}
            isLoadingMore={asked.isFetchingNextPage}
          />
        </>
      )}
    </Page>
  );
}

function spanOf({ start, end }: Traced, { period }: Invoice): string {
  return `${daySpan({ start, end, zone: period.zone })} (${period.zone})`;
}

function Calculation({ line, currency }: { readonly line: Traced['line']; readonly currency: string }) {
  const { usage } = line;
  const money = (amount: string) => <Billed amount={amount} currency={currency} />;
  const isSome = (decimal: string): boolean => /[1-9]/.test(decimal);
  return (
    <Panel title="How it was calculated">
      <Facts
        facts={[
          ['Quantity', usage === null ? undefined : exactDecimal(usage.quantity)],
          ['By the price book', usage === null ? undefined : money(usage.cost)],
          ['Free of it', usage !== null && isSome(usage.allowance) ? exactDecimal(usage.allowance) : undefined],
          ...(usage?.steps ?? []).map((step, index) => {
            const fee = isSome(step.flat_fee) ? ` + ${exactDecimal(step.flat_fee)}` : '';
            const name = step.tier === null ? `Price${index === 0 ? '' : ` ${index + 1}`}` : `Tier ${step.tier}`;
            return [
              name,
              `${exactDecimal(step.quantity)} × ${exactDecimal(step.unit_price)}${fee} = ${exactDecimal(step.amount)}`,
            ] as const;
          }),
          ['Discount', usage !== null && isSome(usage.discount) ? money(usage.discount) : undefined],
          ['Over the maximum', usage !== null && isSome(usage.over_maximum) ? money(usage.over_maximum) : undefined],
          ['Exact', usage === null ? undefined : money(usage.amount)],
          ['Billed before', usage !== null && isSome(usage.billed_before) ? money(usage.billed_before) : undefined],
          ['On the invoice', <strong key="amount">{money(line.amount)}</strong>],
        ]}
      />
    </Panel>
  );
}

function UseTable({ traced, currency }: { readonly traced: Traced; readonly currency: string }) {
  const columns: readonly Column<Traced['use'][number]>[] = [
    {
      name: 'Model',
      cell: ({ model, provider }) => <span className="name">{[model, provider].filter(Boolean).join(' · ')}</span>,
    },
    { name: 'Class', cell: ({ class: name }) => className(name) },
    { name: 'Tier', cell: ({ service_tier: tier }) => tier },
    { name: 'Quantity', isNumber: true, cell: ({ quantity }) => <Quantity decimal={quantity} /> },
    { name: 'Cost', isNumber: true, cell: ({ cost }) => <Money amount={cost} currency={currency} /> },
  ];
  return (
    <DataTable
      label="Use, in sums"
      columns={columns}
      rows={traced.use}
      keyOf={(use) => [use.project, use.provider, use.model, use.service_tier, use.class].join(' ')}
      error={null}
      onRetry={() => undefined}
      empty={null}
    />
  );
}

interface EventsOfLineProps {
  readonly customer: string;
  readonly rows: Traced['data'] | undefined;
  readonly onMore: (() => void) | undefined;
  readonly isLoadingMore: boolean;
}

function EventsOfLine({ customer, ...pages }: EventsOfLineProps) {
  const zone = useZone();
  const columns: readonly Column<Traced['data'][number]>[] = [
    { name: `Time (${zone})`, cell: ({ time }) => <Time at={time} /> },
    {
      name: 'Event',
      cell: ({ id }) => (
        <Link to="/events" search={{ customer, id }} className="link name">
          {id}
        </Link>
      ),
    },
    { name: 'Model', cell: ({ model }) => <span className="name">{model ?? '–'}</span> },
    {
      name: 'Tokens',
      isNumber: true,
      cell: ({ tokens }) =>
        tokens === null ? (
          '–'
        ) : (
          <Count count={Object.values(tokens).reduce<number>((sum, count) => sum + (count ?? 0), 0)} />
        ),
    },
    {
      name: 'Cost',
      isNumber: true,
      cell: ({ cost, currency }) =>
        cost === null || currency === null ? '–' : <Money amount={cost} currency={currency} />,
    },
  ];
  return (
    <DataTable
      label="Events behind the line"
      columns={columns}
      keyOf={({ id, time }) => `${id} ${time}`}
      error={null}
      onRetry={() => undefined}
      empty={null}
      {...pages}
    />
  );
}
