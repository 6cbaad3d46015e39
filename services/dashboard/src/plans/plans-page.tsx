// The plans that customers can be subscribed to.

import '../money.css';
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page } from '../parts/page.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { Time } from '../parts/time.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { plansQuery } from './plan-queries.ts';

export function PlansPage() {
  const zone = useZone();
  const session = useSession();
  const asked = useQuery(plansQuery);
  const columns: readonly Column<NonNullable<typeof asked.data>[number]>[] = [
    {
      name: 'Plan',
      cell: ({ id, name }) => (
        <>
          <Link to="/plans/$id" params={{ id }} search={{}} className="link strong">
            <span className="name clamped">{name}</span>
          </Link>
          <Text size="xs" className="dim">
            {id}
          </Text>
        </>
      ),
    },
    { name: 'Currency', cell: ({ currency }) => currency },
    { name: 'Version', isNumber: true, cell: ({ latest_version: version }) => version },
    {
      name: 'State',
      cell: ({ archived_at: at }) => (
        <StateBadge state={at === null ? 'open' : 'archived'} color={at === null ? 'teal' : 'gray'} />
      ),
    },
    { name: `Made (${zone})`, cell: ({ created_at: at }) => <Time at={at} /> },
  ];
  return (
    <Page
      title="Plans"
      lead={`Fees, charges and commitments. Times in ${zone}`}
      actions={
        holds(session, 'billing:write') && (
          <Button renderRoot={(props) => <Link to="/plans/new" {...props} />}>New plan</Button>
        )
      }
    >
      <DataTable
        label="Plans"
        columns={columns}
        rows={asked.data}
        keyOf={({ id }) => id}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={
          <EmptyState
            title="No plans yet"
            curl={`curl ${window.location.origin}/v1/plans -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '{"name":"Team","fees":[{"id":"platform","description":"Platform fee","amount":"49"}]}'`}
          >
            Without a plan, use is billed as the price book has it.
          </EmptyState>
        }
      />
    </Page>
  );
}
