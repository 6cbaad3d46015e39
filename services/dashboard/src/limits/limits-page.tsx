// Limits as they stand: how much of each is used and held, where it is heading, and what can be done about it.

import './limits.css';
import { Button, Group, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../live/use-live.ts';
import { LiveState } from '../overview/live-state.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { customersQuery, useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, isOperator, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { type LimitAct, LimitActs } from './limit-acts.tsx';
import { LimitDetails } from './limit-details.tsx';
import { LimitForm } from './limit-form.tsx';
import { LimitList } from './limit-list.tsx';
import { METRIC_NAMES, SCOPE_NAMES } from './limit-text.ts';
import { type Limit, type LimitFilters, METRICS, readLimits, SCOPE_KINDS } from './limits-query.ts';

const route = getRouteApi('/shell/limits');
/** Reservations move them without anything being counted. */
const REFETCH_MS = 3_000;

/** What is open on top of the list. */
type Opened =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'details'; readonly limit: Limit }
  | { readonly kind: 'act'; readonly act: LimitAct; readonly limit: Limit };

export function LimitsPage() {
  const filters = route.useSearch();
  const session = useSession();
  const zone = useZone();
  const nameOf = useNames();
  const [opened, setOpened] = useState<Opened | null>(null);
  const pages = usePages({
    queryKey: ['limits', filters],
    read: (cursor) => readLimits(filters, cursor),
    refetchMs: REFETCH_MS,
  });
  const isWriter = holds(session, 'limits:write');
  const mayChange = (limit: Limit): boolean => isWriter && (isOperator(session) || limit.set_by === 'customer');
  const close = (): void => setOpened(null);
  // The newest figures, also while something is open on top.
  const current = (limit: Limit): Limit => pages.rows?.find(({ id }) => id === limit.id) ?? limit;
  return (
    <Page
      title="Limits"
      lead={`Times in ${zone}`}
      actions={
        <Group gap="md">
          {holds(session, 'usage:read') && <LimitsLive />}
          {isWriter && <Button onClick={() => setOpened({ kind: 'new' })}>New limit</Button>}
        </Group>
      }
    >
      <LimitsFilters filters={filters} />
      <LimitList
        {...pages}
        nameOf={nameOf}
        isOperator={isOperator(session)}
        mayChange={mayChange}
        onOpen={(limit) => setOpened({ kind: 'details', limit })}
        onEdit={(limit) => setOpened({ kind: 'edit', limit })}
        onAct={(act, limit) => setOpened({ kind: 'act', act, limit })}
        empty={<NoLimits isFiltered={Object.keys(filters).length > 0} isWriter={isWriter} />}
      />
      {opened?.kind === 'new' && <LimitForm onClose={close} />}
      {opened?.kind === 'edit' && <LimitForm limit={opened.limit} onClose={close} />}
      {opened?.kind === 'details' && <LimitDetails limit={current(opened.limit)} nameOf={nameOf} onClose={close} />}
      {opened?.kind === 'act' && <LimitActs act={opened.act} limit={opened.limit} nameOf={nameOf} onClose={close} />}
    </Page>
  );
}

function LimitsLive() {
  return <LiveState live={useLive(['limits'])} />;
}

function LimitsFilters({ filters }: { readonly filters: LimitFilters }) {
  const navigate = route.useNavigate();
  const session = useSession();
  const nameOf = useNames();
  const picksCustomer = isOperator(session) && holds(session, 'admin');
  const customers = useQuery({ ...customersQuery, enabled: picksCustomer });
  const change = (changes: { readonly [Field in keyof LimitFilters]?: string | null }): void => {
    const merged = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== null);
    void navigate({ search: Object.fromEntries(merged), replace: true });
  };
  return (
    <FilterBar
      isFiltered={Object.keys(filters).length > 0}
      onClear={() => void navigate({ search: {}, replace: true })}
    >
      <Select
        label="Of"
        size="xs"
        w={150}
        clearable
        placeholder="Everything"
        data={SCOPE_KINDS.filter((kind) => isOperator(session) || kind !== 'organization').map((value) => ({
          value,
          label: SCOPE_NAMES[value],
        }))}
        value={filters.scope ?? null}
        onChange={(scope) => change({ scope, key: null })}
      />
      <Select
        label="Counts"
        size="xs"
        w={150}
        clearable
        placeholder="Anything"
        data={METRICS.map((value) => ({ value, label: METRIC_NAMES[value] }))}
        value={filters.metric ?? null}
        onChange={(metric) => change({ metric })}
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
      {filters.key !== undefined && (
        <Button size="xs" variant="default" maw={260} onClick={() => change({ key: null })}>
          <span className="cut">Only of {nameOf(filters.key)}</span>
        </Button>
      )}
    </FilterBar>
  );
}

function NoLimits({ isFiltered, isWriter }: { readonly isFiltered: boolean; readonly isWriter: boolean }) {
  if (isFiltered) return <EmptyState title="No limits of this kind">Choose fewer filters.</EmptyState>;
  if (!isWriter) {
    return <EmptyState title="No limits">Nothing is held back here. Usage and spend are not capped.</EmptyState>;
  }
  return (
    <EmptyState title="No limits yet" curl={firstLimitCurl()}>
      A quota of tokens or requests, or a budget of money, for a key, a project, a customer or everyone.
    </EmptyState>
  );
}

function firstLimitCurl(): string {
  const body = { scope: { key: 'key_…' }, metric: 'tokens', window: 'day', amount: 10_000, mode: 'block' };
  return `curl ${window.location.origin}/v1/limits -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}
