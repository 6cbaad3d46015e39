// What was sent, and how it went: the newest first, while it happens.

import { Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { State, type Tone } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { useZone } from '../shell/zone.tsx';
import { attemptText, durationText } from './attempt-text.ts';
import { DeliveryDetails } from './delivery-details.tsx';
import {
  DELIVERED_TYPES,
  type Delivery,
  type DeliveryFilters,
  type Endpoint,
  readDeliveries,
  STATES,
} from './webhook-queries.ts';

const route = getRouteApi('/shell/webhooks');
const REFETCH_MS = 3_000;
const TONES: Readonly<Record<Delivery['state'], Tone>> = { pending: 'waiting', delivered: 'good', failed: 'bad' };

export function Deliveries({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  const filters = route.useSearch();
  const zone = useZone();
  const [shown, setShown] = useState<string | null>(null);
  const pages = usePages({
    queryKey: ['webhooks', 'deliveries', filters],
    read: (cursor) => readDeliveries(filters, cursor),
    refetchMs: REFETCH_MS,
  });
  const urlOf = (id: string): string => endpoints.find((endpoint) => endpoint.id === id)?.url ?? id;
  const columns: readonly Column<Delivery>[] = [
    { name: `Made (${zone})`, cell: ({ created_at: at }) => <Time at={at} /> },
    {
      name: 'Message',
      cell: ({ id, type }) => (
        <button type="button" className="link-button link" onClick={() => setShown(id)}>
          {type}
        </button>
      ),
    },
    { name: 'To', cell: ({ endpoint }) => <Url url={urlOf(endpoint)} /> },
    { name: 'State', cell: ({ state }) => <State tone={TONES[state]}>{state}</State> },
    { name: 'Last answer', cell: ({ attempts }) => <LastAttempt attempts={attempts} /> },
    { name: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts.length },
    { name: `Next (${zone})`, cell: ({ next_attempt_at: at }) => (at === null ? '–' : <Time at={at} />) },
  ];
  const delivery = pages.rows?.find(({ id }) => id === shown);
  return (
    <>
      <DeliveryFilterBar filters={filters} endpoints={endpoints} />
      <DataTable
        label="Deliveries"
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <EmptyState title="Nothing was sent">
            {Object.keys(filters).length > 0
              ? 'Choose fewer filters.'
              : 'Send a test to an endpoint, or wait for something to happen: deliveries are shown for 30 days.'}
          </EmptyState>
        }
        {...pages}
        error={pages.rows === undefined ? pages.error : null}
      />
      {delivery !== undefined && (
        <DeliveryDetails delivery={delivery} url={urlOf(delivery.endpoint)} onClose={() => setShown(null)} />
      )}
    </>
  );
}

function Url({ url }: { readonly url: string }) {
  return (
    <div className="cut url-cell" title={url}>
      {url.replace(/^https?:\/\//, '')}
    </div>
  );
}

function LastAttempt({ attempts }: { readonly attempts: Delivery['attempts'] }) {
  const last = attempts.at(-1);
  if (last === undefined) return <span className="dim">not sent yet</span>;
  return (
    <>
      {attemptText(last)}
      <Text span size="xs" className="dim figure">
        {' '}
        · {durationText(last.duration_ms)}
      </Text>
    </>
  );
}

interface DeliveryFilterBarProps {
  readonly filters: DeliveryFilters;
  readonly endpoints: readonly Endpoint[];
}

function DeliveryFilterBar({ filters, endpoints }: DeliveryFilterBarProps) {
  const navigate = route.useNavigate();
  const change = (changes: { readonly [Field in keyof DeliveryFilters]?: string | null }): void => {
    const merged = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== null);
    void navigate({ search: Object.fromEntries(merged), replace: true });
  };
  return (
    <FilterBar
      isFiltered={Object.keys(filters).length > 0}
      onClear={() => void navigate({ search: {}, replace: true })}
    >
      <Select
        label="To"
        size="xs"
        w={260}
        clearable
        searchable
        placeholder="All endpoints"
        data={endpoints.map(({ id, url }) => ({ value: id, label: url }))}
        value={filters.endpoint ?? null}
        onChange={(endpoint) => change({ endpoint })}
      />
      <Select
        label="State"
        size="xs"
        w={130}
        clearable
        placeholder="All"
        data={[...STATES]}
        value={filters.state ?? null}
        onChange={(state) => change({ state })}
      />
      <Select
        label="Message"
        size="xs"
        w={210}
        clearable
        searchable
        placeholder="All"
        data={[...DELIVERED_TYPES]}
        value={filters.type ?? null}
        onChange={(type) => change({ type })}
      />
    </FilterBar>
  );
}
