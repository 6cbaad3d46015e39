// What everything costs now: a row for each model, and what was charged before one click away.

import '../money.css';
import { Button, Group, Select, Skeleton, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { exactCount } from '../format/number.ts';
import { className } from '../parts/class-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { gatherByModel, type ModelPrices } from './model-prices.ts';
import { PriceCell } from './price-cell.tsx';
import { pricesNowQuery, unpricedQuery } from './price-queries.ts';
import type { PriceListSearch } from './price-search.ts';
import { PriceTabs } from './price-tabs.tsx';
import { UnpricedNotice } from './unpriced-notice.tsx';

const route = getRouteApi('/shell/prices');
const SHOWN_CLASSES: readonly string[] = ['input', 'cache_read', 'output'];
const ROWS_AT_ONCE = 50;

export function PricesPage() {
  const search = route.useSearch();
  const zone = useZone();
  const nameOf = useNames();
  const session = useSession();
  const [rowsMax, setRowsMax] = useState(ROWS_AT_ONCE);
  const asked = useQuery(pricesNowQuery);
  const unpriced = useQuery(unpricedQuery);
  const all = asked.data === undefined ? undefined : gatherByModel(asked.data);
  const found = all?.filter((row) => isFound(row, search));
  const columns: readonly Column<ModelPrices>[] = [
    {
      name: 'Model',
      cell: ({ provider, model, condition }) => (
        <>
          <Link to="/prices/model" search={{ provider, model }} className="link strong name">
            {model === '*' ? 'any model' : model}
          </Link>
          <Text size="xs" className="dim">
            {[provider === '*' ? 'any provider' : provider, condition].filter(Boolean).join(' · ')}
          </Text>
        </>
      ),
    },
    {
      name: 'For',
      cell: ({ customer }) =>
        customer === null ? <span className="dim">all</span> : <div className="name clamped">{nameOf(customer)}</div>,
    },
    { name: 'Tier', cell: ({ serviceTier }) => serviceTier },
    ...SHOWN_CLASSES.map((name) => ({
      name: className(name),
      isNumber: true,
      cell: ({ byClass }: ModelPrices) => <PriceCell price={byClass.get(name)} />,
    })),
    { name: 'Others', cell: ({ byClass }) => <OtherClasses byClass={byClass} /> },
    { name: `Since (${zone})`, cell: ({ since }) => <Time at={since} /> },
  ];
  return (
    <Page
      title="Prices"
      lead={`In force now, for a million tokens or for one of what is no token. Times in ${zone}`}
      actions={
        holds(session, 'billing:write') && (
          <Button renderRoot={(props) => <Link to="/prices/new" search={{}} {...props} />}>New price</Button>
        )
      }
    >
      <PriceTabs />
      {unpriced.isPending ? (
        // The notice stands above all else, and would move it.
        <Skeleton h={640} aria-busy="true" />
      ) : (
        <>
          <UnpricedNotice />
          <Filters search={search} rows={all} shown={found?.length} />
          <DataTable
            label="Prices"
            columns={columns}
            rows={found?.slice(0, rowsMax)}
            onMore={(found?.length ?? 0) > rowsMax ? () => setRowsMax(rowsMax + ROWS_AT_ONCE) : undefined}
            keyOf={({ key }) => key}
            error={asked.error}
            onRetry={() => void asked.refetch()}
            empty={
              <EmptyState
                title={Object.keys(search).length > 0 ? 'No prices like that' : 'No prices yet'}
                curl={`curl ${window.location.origin}/v1/prices -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '{"provider":"openai","model":"gpt-4o","class":"input","amount":"2.50"}'`}
              >
                Use without a price is visible and blocks invoices. It is never free.
              </EmptyState>
            }
          />
        </>
      )}
    </Page>
  );
}

interface FiltersProps {
  readonly search: PriceListSearch;
  readonly rows: readonly ModelPrices[] | undefined;
  readonly shown: number | undefined;
}

function Filters({ search, rows, shown }: FiltersProps) {
  const navigate = route.useNavigate();
  const nameOf = useNames();
  const change = (changes: { readonly [Name in keyof PriceListSearch]?: string | undefined }): void => {
    const merged = Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined && value !== '');
    void navigate({ search: Object.fromEntries(merged), replace: true, resetScroll: false });
  };
  const customers = [...new Set((rows ?? []).flatMap(({ customer }) => (customer === null ? [] : [customer])))];
  const tiers = [...new Set((rows ?? []).map(({ serviceTier }) => serviceTier))];
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        label="Find"
        placeholder="A model or provider"
        size="xs"
        w={220}
        value={search.find ?? ''}
        onChange={(event) => change({ find: event.currentTarget.value })}
      />
      <Select
        label="For"
        size="xs"
        w={180}
        clearable
        placeholder="All"
        data={[
          { value: 'list', label: 'The list, for all' },
          ...customers.map((id) => ({ value: id, label: nameOf(id) })),
        ]}
        value={search.customer ?? null}
        onChange={(value) => change({ customer: value ?? undefined })}
      />
      <Select
        label="Tier"
        size="xs"
        w={140}
        clearable
        placeholder="All"
        data={tiers}
        value={search.tier ?? null}
        onChange={(value) => change({ tier: value ?? undefined })}
      />
      {shown !== undefined && (
        <Text size="xs" className="dim" role="status" pb={6}>
          {exactCount(shown)} found
        </Text>
      )}
    </Group>
  );
}

function isFound(row: ModelPrices, { find, customer, tier }: PriceListSearch): boolean {
  const words = (find ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${row.provider} ${row.model}`.toLowerCase();
  return (
    words.every((word) => text.includes(word)) &&
    (customer === undefined || (customer === 'list' ? row.customer === null : row.customer === customer)) &&
    (tier === undefined || row.serviceTier === tier)
  );
}

function OtherClasses({ byClass }: Pick<ModelPrices, 'byClass'>) {
  const others = [...byClass.values()].filter(({ class: name }) => !SHOWN_CLASSES.includes(name));
  if (others.length === 0) return <span className="dim">–</span>;
  const text = others.map((price) => `${className(price.class)} ${price.amount ?? 'ended'}`).join('; ');
  return (
    <span title={text} className="dim">
      {others.length === 1 ? className(others[0]?.class ?? '') : `${others.length} more`}
      <span className="visually-hidden">{text}</span>
    </span>
  );
}
