// Every version of every price of one model: what holds, what held, who wrote it and when.

import '../money.css';
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { className } from '../parts/class-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { Time } from '../parts/time.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { conditionOf } from './model-prices.ts';
import { PER_NAMES, PriceCell } from './price-cell.tsx';
import { type Price, priceVersionsQuery } from './price-queries.ts';
import { PriceTabs } from './price-tabs.tsx';

const route = getRouteApi('/shell/prices/model');

export function ModelPage() {
  const { provider, model } = route.useSearch();
  const zone = useZone();
  const nameOf = useNames();
  const session = useSession();
  const asked = useQuery(priceVersionsQuery({ provider, model }));
  const rows = asked.data === undefined ? undefined : inOrder(asked.data);
  const standing = rows === undefined ? new Set<string>() : standingIds(rows);
  const columns: readonly Column<Price>[] = [
    {
      name: 'Price of',
      cell: (price) => (
        <>
          <span className="strong">{className(price.class)}</span>
          <Text size="xs" className="dim">
            {[price.service_tier, conditionOf(price)].filter(Boolean).join(' · ')}
          </Text>
        </>
      ),
    },
    {
      name: 'Amount',
      isNumber: true,
      cell: (price) => (
        <>
          <PriceCell price={price} />
          <Text size="xs" className="dim">
            {PER_NAMES[price.per]}
          </Text>
        </>
      ),
    },
    {
      name: 'For',
      cell: ({ customer }) =>
        customer === null ? <span className="dim">all</span> : <div className="name clamped">{nameOf(customer)}</div>,
    },
    { name: 'State', cell: (price) => <PriceState price={price} isStanding={standing.has(price.id)} /> },
    { name: `From (${zone})`, cell: ({ effective_from: at }) => <Time at={at} /> },
    {
      name: `Made (${zone})`,
      cell: ({ created_at: at, created_by: by }) => (
        <>
          <Time at={at} />
          <Text size="xs" className="dim name">
            {by === null ? 'shipped with the system' : nameOf(by)}
          </Text>
        </>
      ),
    },
    {
      name: 'Source',
      cell: ({ source, note }) => (
        <div className="name clamped" title={[source, note].filter(Boolean).join(' · ')}>
          <Text size="xs">{source ?? note ?? '–'}</Text>
        </div>
      ),
    },
  ];
  return (
    <Page
      title={model === '*' ? 'Any model' : model}
      lead={`${provider === '*' ? 'Any provider' : provider} · every version of its prices, the newest first. Times in ${zone}`}
      actions={
        holds(session, 'billing:write') && (
          <Button renderRoot={(props) => <Link to="/prices/new" search={{ provider, model }} {...props} />}>
            New version
          </Button>
        )
      }
    >
      <PriceTabs />
      <DataTable
        label="Versions"
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={
          <EmptyState title="No price of its own">A pattern, or the name without its date, may have one.</EmptyState>
        }
      />
    </Page>
  );
}

function inOrder(prices: readonly Price[]): readonly Price[] {
  return prices.toSorted((one, other) => {
    if (one.effective_from !== other.effective_from) return one.effective_from > other.effective_from ? -1 : 1;
    return one.created_at === other.created_at
      ? placeOf(one).localeCompare(placeOf(other))
      : one.created_at > other.created_at
        ? -1
        : 1;
  });
}

function placeOf(price: Price): string {
  return [price.customer, price.currency, price.service_tier, conditionOf(price), price.class].join(' ');
}

/** Of each price the version that counts now: the one that began last. */
function standingIds(rows: readonly Price[]): ReadonlySet<string> {
  const now = new Date().toISOString();
  const standing = new Map<string, string>();
  for (const price of rows) {
    const isInForce = price.effective_from <= now && (price.effective_to === null || price.effective_to > now);
    if (isInForce && !standing.has(placeOf(price))) standing.set(placeOf(price), price.id);
  }
  return new Set(standing.values());
}

function PriceState({ price, isStanding }: { readonly price: Price; readonly isStanding: boolean }) {
  if (isStanding) return <StateBadge state={price.amount === null ? 'ended' : 'in force'} color="teal" />;
  return Date.parse(price.effective_from) > Date.now() ? (
    <StateBadge state="to come" color="blue" />
  ) : (
    <StateBadge state="replaced" color="gray" />
  );
}
