// What could not be counted, why, and what to do: sent through again once it can be, or discarded.

import './dead-letters.css';
import { Button, Checkbox, Group, Select, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../live/use-live.ts';
import { LiveState } from '../overview/live-state.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { customersQuery, useNames, useNamesPending } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, isOperator, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { DeadLetterDetails } from './dead-letter-details.tsx';
import { type DeadLetter, type DeadLetterFilters, readDeadLetters, type Which } from './dead-letter-queries.ts';
import { REASON_CODES, reasonOf } from './dead-letter-reasons.ts';
import { HandleDeadLetters } from './handle-dead-letters.tsx';
import { ReasonList } from './reason-list.tsx';

const route = getRouteApi('/shell/dead-letters');

/** What is open on top of the list. */
type Opened =
  | { readonly kind: 'details'; readonly id: string }
  | { readonly kind: 'replay' | 'discard'; readonly which: Which };

export function DeadLettersPage() {
  const filters = route.useSearch();
  const session = useSession();
  const zone = useZone();
  const nameOf = useNames();
  const live = useLive(['dead-letters']);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<Opened | null>(null);
  const isNaming = useNamesPending();
  const { rows: found, ...pages } = usePages({
    queryKey: ['dead-letters', filters],
    read: (cursor) => readDeadLetters(filters, cursor),
  });
  const rows = isNaming ? undefined : found;
  const mayHandle = holds(session, 'usage:write');
  const named = (rows ?? []).map(({ id }) => id).filter((id) => chosen.has(id));
  const which: Which = named.length > 0 ? { kind: 'named', ids: named } : { kind: 'filtered', filters };
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const columns: readonly Column<DeadLetter>[] = [
    ...(mayHandle
      ? [
          {
            name: 'Chosen',
            cell: ({ id, event }: DeadLetter) => (
              <Checkbox aria-label={`Choose ${event}`} checked={chosen.has(id)} onChange={() => toggle(id)} />
            ),
          },
        ]
      : []),
    {
      name: 'Event',
      cell: ({ id, event }) => (
        <button type="button" className="link-button link letter-id" onClick={() => setOpened({ kind: 'details', id })}>
          <span className="clamp name">{event}</span>
        </button>
      ),
    },
    {
      name: 'Reason',
      cell: ({ code }) => (
        <span className="clamp" title={code}>
          {reasonOf(code).name}
        </span>
      ),
    },
    ...(isOperator(session)
      ? [
          {
            name: 'Customer',
            cell: ({ customer }: DeadLetter) => <span className="name clamp">{nameOf(customer)}</span>,
          },
        ]
      : []),
    { name: 'Sent by', cell: ({ reported_by: key }) => <span className="name clamp">{nameOf(key)}</span> },
    { name: `First seen (${zone})`, cell: ({ received_at: at }) => <Time at={at} /> },
    { name: `Event time (${zone})`, cell: ({ time }) => <Time at={time} /> },
  ];
  return (
    <Page
      title="Dead letters"
      lead={`Events that could not be counted, of the last 36 days. Times in ${zone}`}
      actions={<LiveState live={live} />}
    >
      <Filters filters={filters} />
      {/* What stands above the table is there with it, so that nothing moves. */}
      {rows === undefined && pages.error === null && <Skeleton h={480} radius="lg" />}
      {rows !== undefined && <ReasonList letters={rows} hasMore={pages.onMore !== undefined} />}
      {mayHandle && rows !== undefined && rows.length > 0 && (
        <Group gap="sm">
          <Button size="xs" onClick={() => setOpened({ kind: 'replay', which })}>
            Replay {named.length > 0 ? named.length : 'all'}
          </Button>
          <Button size="xs" variant="default" onClick={() => setOpened({ kind: 'discard', which })}>
            Discard {named.length > 0 ? named.length : 'all'}
          </Button>
          {named.length > 0 ? (
            <Button size="xs" variant="subtle" onClick={() => setChosen(new Set())}>
              Choose none
            </Button>
          ) : (
            <Button size="xs" variant="subtle" onClick={() => setChosen(new Set(rows.map(({ id }) => id)))}>
              Choose what is shown
            </Button>
          )}
          <Text size="sm" className="dim" role="status">
            {named.length > 0 && `${named.length} chosen`}
          </Text>
        </Group>
      )}
      {(rows !== undefined || pages.error !== null) && (
        <DataTable
          label="Dead letters"
          columns={columns}
          keyOf={({ id }) => id}
          rows={rows}
          {...pages}
          empty={<NoLetters isFiltered={Object.keys(filters).length > 0} />}
        />
      )}
      {opened?.kind === 'details' && (
        <DeadLetterDetails
          id={opened.id}
          nameOf={nameOf}
          mayHandle={mayHandle}
          onHandle={(kind) => setOpened({ kind, which: { kind: 'named', ids: [opened.id] } })}
          onClose={() => setOpened(null)}
        />
      )}
      {(opened?.kind === 'replay' || opened?.kind === 'discard') && (
        <HandleDeadLetters
          {...opened}
          onClose={() => {
            setOpened(null);
            setChosen(new Set());
          }}
        />
      )}
    </Page>
  );
}

function Filters({ filters }: { readonly filters: DeadLetterFilters }) {
  const navigate = route.useNavigate();
  const session = useSession();
  const picksCustomer = isOperator(session) && holds(session, 'admin');
  const customers = useQuery({ ...customersQuery, enabled: picksCustomer });
  const change = (changes: { readonly [Field in keyof DeadLetterFilters]?: string | null }): void => {
    const merged = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== null);
    void navigate({ search: Object.fromEntries(merged), replace: true });
  };
  return (
    <FilterBar
      isFiltered={Object.keys(filters).length > 0}
      onClear={() => void navigate({ search: {}, replace: true })}
    >
      <Select
        label="Reason"
        size="xs"
        w={230}
        clearable
        placeholder="All"
        data={REASON_CODES.map((value) => ({ value, label: reasonOf(value).name }))}
        value={filters.code ?? null}
        onChange={(code) => change({ code })}
      />
      {picksCustomer && (
        <Select
          label="Customer"
          size="xs"
          w={220}
          clearable
          searchable
          limit={50}
          placeholder="All"
          data={(customers.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={filters.customer ?? null}
          onChange={(customer) => change({ customer })}
        />
      )}
    </FilterBar>
  );
}

function NoLetters({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <EmptyState title="No dead letters of this kind">Choose fewer filters.</EmptyState>;
  return (
    <EmptyState title="No dead letters" curl={listCurl()}>
      Everything that was accepted could be counted. What cannot be is kept here with its reason, and never dropped.
    </EmptyState>
  );
}

function listCurl(): string {
  return `curl ${window.location.origin}/v1/dead-letters -H 'Authorization: Bearer tg_live_…'`;
}
