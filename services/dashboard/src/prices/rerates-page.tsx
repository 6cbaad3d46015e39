// Past use rated again: which times, and what became of it.

import '../money.css';
import { Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api, bodyOf } from '../api/client.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Count } from '../parts/exact.tsx';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { PriceTabs } from './price-tabs.tsx';
import { RerateStateBadge } from './rerate-state.tsx';

const PAGE_ROWS = 50;
const REFETCH_MS = 5_000;

async function readRerates(cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/rerates', { params: { query } }));
}

type Row = Awaited<ReturnType<typeof readRerates>>['data'][number];

export function ReratesPage() {
  const zone = useZone();
  const nameOf = useNames();
  const session = useSession();
  const pages = usePages({ queryKey: ['rerates', 'list'], read: readRerates, refetchMs: REFETCH_MS });
  const columns: readonly Column<Row>[] = [
    {
      name: 'Re-rate',
      cell: ({ id, reason }) => (
        <Link to="/prices/rerates/$id" params={{ id }} className="link strong">
          <span className="name clamped">{reason}</span>
        </Link>
      ),
    },
    { name: 'State', cell: ({ state }) => <RerateStateBadge state={state} /> },
    { name: `From (${zone})`, cell: ({ start }) => <Time at={start} /> },
    { name: `To (${zone})`, cell: ({ end }) => <Time at={end} /> },
    { name: 'Examined', isNumber: true, cell: ({ progress }) => <Count count={progress.examined} /> },
    { name: 'Changed', isNumber: true, cell: ({ progress }) => <Count count={progress.changed} /> },
    {
      name: `Asked for (${zone})`,
      cell: ({ created_at: at, created_by: by }) => (
        <>
          <Time at={at} />
          <Text size="xs" className="dim name">
            {nameOf(by)}
          </Text>
        </>
      ),
    },
  ];
  return (
    <Page
      title="Re-rates"
      lead={`Past use by the prices that are known now: shown first, applied then. Times in ${zone}`}
      actions={
        holds(session, 'billing:write') && (
          <Button renderRoot={(props) => <Link to="/prices/rerates/new" search={{}} {...props} />}>New re-rate</Button>
        )
      }
    >
      <PriceTabs />
      <DataTable
        label="Re-rates"
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <EmptyState
            title="Nothing was rated again yet"
            curl={`curl ${window.location.origin}/v1/rerates -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '{"start":"2026-11-01T00:00:00Z","end":"2026-12-01T00:00:00Z","filter":{"unpriced_only":true},"reason":"prices that were missing"}'`}
          >
            A new price holds for what comes after it. A re-rate shows what past use would cost by it, before anything
            changes.
          </EmptyState>
        }
        {...pages}
      />
    </Page>
  );
}
