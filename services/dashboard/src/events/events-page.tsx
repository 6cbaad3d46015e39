// The events themselves, the newest first: what each came to, and where its numbers come from.

import { Badge, Button, Drawer, Group, Select, Table, Text, TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { exactCount, exactMoney } from '../format/number.ts';
import { EventBilling } from '../invoices/event-billing.tsx';
import { useLive } from '../live/use-live.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Count, Money } from '../parts/exact.tsx';
import { firstEventCurl } from '../parts/first-event-curl.ts';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { TOKEN_CLASS_ORDER, tokenClassName } from '../usage/token-class-names.ts';
import type { EventFilters } from './event-filters.ts';

const route = getRouteApi('/shell/events');
const PAGE_ROWS = 50;
const STATES = ['counted', 'duplicate', 'conflict', 'dead_lettered', 'voided'] as const;
const STATE_COLORS: Readonly<Record<string, string>> = { counted: 'teal', conflict: 'orange', dead_lettered: 'red' };

async function readEvents(filters: EventFilters, cursor: string | undefined) {
  const { state, ...rest } = filters;
  const known = STATES.find((one) => one === state);
  const query = { ...rest, limit: PAGE_ROWS, ...(known && { state: known }), ...(cursor && { cursor }) };
  return await bodyOf(api.GET('/v1/events', { params: { query } }));
}

type EventRow = Awaited<ReturnType<typeof readEvents>>['data'][number];

export function EventsPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const nameOf = useNames();
  const [shown, setShown] = useState<EventRow | null>(null);
  useLive(['events']);
  const pages = usePages({ queryKey: ['events', filters], read: (cursor) => readEvents(filters, cursor) });
  const change = (changes: Partial<Record<keyof EventFilters, string | undefined>>): void => {
    const merged = Object.entries({ ...filters, ...changes }).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    void navigate({ search: Object.fromEntries(merged), replace: true });
  };
  const columns: readonly Column<EventRow>[] = [
    { name: `Time (${zone})`, cell: ({ time }) => <Time at={time} /> },
    {
      name: 'Event',
      cell: (event) => (
        <Button variant="transparent" size="compact-sm" p={0} onClick={() => setShown(event)} maw={220}>
          <span className="cut">{event.id}</span>
        </Button>
      ),
    },
    { name: 'State', cell: ({ state }) => <State state={state} /> },
    { name: 'Customer', cell: ({ customer }) => <span className="name">{nameOf(customer)}</span> },
    { name: 'Model', cell: ({ model }) => <span className="name">{model ?? '–'}</span> },
    {
      name: 'Tokens',
      isNumber: true,
      cell: ({ tokens }) => (tokens === null ? '–' : <Count count={tokensOf(tokens)} />),
    },
    {
      name: 'Cost',
      isNumber: true,
      cell: ({ cost, currency }) =>
        cost === null || currency === null ? '–' : <Money amount={cost} currency={currency} />,
    },
  ];
  return (
    <Page title="Events" lead={`The newest first. Times in ${zone}`}>
      <Group gap="sm" align="flex-end">
        <Select
          label="State"
          size="xs"
          w={150}
          clearable
          placeholder="All"
          data={STATES.map((value) => ({ value, label: value.replaceAll('_', ' ') }))}
          value={filters.state ?? null}
          onChange={(value) => change({ state: value ?? undefined })}
        />
        <TextInput
          key={`id ${filters.id}`}
          label="Event id"
          size="xs"
          w={220}
          defaultValue={filters.id ?? ''}
          onBlur={(event) => change({ id: event.currentTarget.value.trim() })}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
        {Object.keys(filters).length > 0 && (
          <Button size="xs" variant="subtle" onClick={() => void navigate({ search: {}, replace: true })}>
            Clear filters
          </Button>
        )}
      </Group>
      <DataTable
        label="Events"
        columns={columns}
        keyOf={({ id, customer, received_at: receivedAt }) => `${customer} ${id} ${receivedAt}`}
        empty={<EmptyState title="No events" curl={firstEventCurl()} />}
        {...pages}
      />
      <Drawer
        opened={shown !== null}
        onClose={() => setShown(null)}
        position="right"
        size="lg"
        title={<span className="name">{shown?.id}</span>}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {shown !== null && <EventDetails event={shown} nameOf={nameOf} />}
      </Drawer>
    </Page>
  );
}

function State({ state }: { readonly state: string }) {
  return (
    <Badge variant="default" leftSection={<StateDot state={state} />} tt="none" fw={500}>
      {state.replaceAll('_', ' ')}
    </Badge>
  );
}

function StateDot({ state }: { readonly state: string }) {
  return (
    <span
      className="state-dot"
      style={{ background: `var(--mantine-color-${STATE_COLORS[state] ?? 'gray'}-6)` }}
      aria-hidden
    />
  );
}

function tokensOf(tokens: NonNullable<EventRow['tokens']>): number {
  return Object.values(tokens).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function EventDetails({ event, nameOf }: { readonly event: EventRow; readonly nameOf: (id: string) => string }) {
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ['State', <State key="state" state={event.state} />],
    ['Time', <Time key="time" at={event.time} />],
    ['Received', <Time key="received" at={event.received_at} />],
    ['Customer', nameOf(event.customer)],
    ['API key', event.key === null ? '–' : nameOf(event.key)],
    ['Model', [event.provider, event.model].filter(Boolean).join(' · ')],
    ['Counted by', event.rule ?? '–'],
    [
      'Cost',
      event.cost === null || event.currency === null
        ? (event.unpriced_reason ?? '–')
        : exactMoney(event.cost, event.currency),
    ],
    ['Prices', event.price_ids.join(', ') || '–'],
    ['Reason', event.reason ?? '–'],
    ['Oddities', event.flags.join(', ') || '–'],
  ];
  const session = useSession();
  return (
    <>
      <Table>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={120}>
                {name}
              </Table.Th>
              <Table.Td className="name">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {event.tokens !== null && (
        <>
          <Text fw={600} mt="lg" component="h3" size="sm">
            Tokens
          </Text>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Class</Table.Th>
                <Table.Th className="right">Tokens</Table.Th>
                <Table.Th>Where from</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {Object.entries(event.tokens)
                .sort(([one], [other]) => TOKEN_CLASS_ORDER.indexOf(one) - TOKEN_CLASS_ORDER.indexOf(other))
                .map(([name, count]) => (
                  <Table.Tr key={name}>
                    <Table.Td>{tokenClassName(name)}</Table.Td>
                    <Table.Td className="right figure">{exactCount(count ?? 0)}</Table.Td>
                    <Table.Td>
                      {Object.entries(event.provenance ?? {}).find(([one]) => one === name)?.[1] ?? '–'}
                    </Table.Td>
                  </Table.Tr>
                ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      {event.state === 'counted' && holds(session, 'billing:read') && (
        <>
          <Text fw={600} mt="lg" mb="xs" component="h3" size="sm">
            Where it is billed
          </Text>
          <EventBilling id={event.id} customer={event.customer} />
        </>
      )}
    </>
  );
}
