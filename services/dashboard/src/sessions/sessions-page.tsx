// Who is signed in, from where; and the end of a session that should not be.

import { Badge, Button, Group, SegmentedControl, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { useNames, useNamesPending } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, isOperator, type Session, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { browserOf } from './browser-name.ts';

const PAGE_ROWS = 100;
const REFETCH_MS = 15_000;

async function readSessions(cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/sessions', { params: { query } }));
}

type Row = Awaited<ReturnType<typeof readSessions>>['data'][number];

export function SessionsPage() {
  const session = useSession();
  const zone = useZone();
  const nameOf = useNames();
  const isNaming = useNamesPending();
  const navigate = useNavigate();
  const [whose, setWhose] = useState<'all' | 'own'>('all');
  const [ending, setEnding] = useState<readonly Row[] | null>(null);
  const { rows, ...pages } = usePages({ queryKey: ['sessions'], read: readSessions, refetchMs: REFETCH_MS });
  const listed = rows?.filter(({ key }) => whose === 'all' || key === session.key).sort(currentFirst);
  const others = (listed ?? []).filter(({ is_current: isCurrent }) => !isCurrent);
  const mayEnd = holds(session, 'keys:write');
  const columns: readonly Column<Row>[] = [
    { name: 'Who', cell: (row) => <Who row={row} nameOf={nameOf} /> },
    ...(isOperator(session)
      ? [
          {
            name: 'Sees',
            cell: ({ customer }: Row) => (
              <span className="name">{customer === null ? 'Everything' : nameOf(customer)}</span>
            ),
          },
        ]
      : []),
    { name: 'From', cell: ({ address, user_agent: userAgent }) => <From address={address} userAgent={userAgent} /> },
    { name: `Last used (${zone})`, cell: ({ used_at: at }) => <Time at={at} /> },
    { name: `Signed in (${zone})`, cell: ({ created_at: at }) => <Time at={at} /> },
    { name: `Ends (${zone})`, cell: ({ expires_at: at }) => <Time at={at} /> },
    {
      name: '',
      cell: (row) =>
        (mayEnd || row.is_current) && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={row.is_current ? 'Sign out here' : `Sign out ${row.address}`}
            onClick={() => setEnding([row])}
          >
            Sign out
          </Button>
        ),
    },
  ];
  return (
    <Page
      title="Sessions"
      lead={`Who is signed in to this dashboard. Times in ${zone}`}
      actions={
        <Group gap="sm">
          {mayEnd && others.length > 0 && (
            <Button variant="default" onClick={() => setEnding(others)}>
              Sign out {whose === 'own' ? 'my others' : 'all others'}
            </Button>
          )}
        </Group>
      }
    >
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label="Whose sessions"
        value={whose}
        onChange={(value) => setWhose(value as typeof whose)}
        data={[
          { value: 'all', label: 'All' },
          { value: 'own', label: 'Of this key' },
        ]}
      />
      <DataTable
        label="Sessions"
        columns={columns}
        keyOf={({ id }) => id}
        rows={isNaming ? undefined : listed}
        {...pages}
        empty={<EmptyState title="Nobody is signed in" />}
      />
      {ending !== null && (
        <EndSessions
          sessions={ending}
          session={session}
          onClose={() => setEnding(null)}
          onSignedOut={() => void navigate({ to: '/sign-in', search: { to: '/' } })}
        />
      )}
    </Page>
  );
}

function currentFirst(one: Row, other: Row): number {
  return Number(other.is_current) - Number(one.is_current) || other.used_at.localeCompare(one.used_at);
}

function Who({ row, nameOf }: { readonly row: Row; readonly nameOf: (id: string) => string }) {
  return (
    <>
      <Group gap={8} wrap="nowrap">
        <span className="name">{nameOf(row.key)}</span>
        {row.is_current && (
          <Badge variant="light" tt="none" fw={500} style={{ flex: 'none' }}>
            This one
          </Badge>
        )}
      </Group>
      <Text size="xs" className="dim">
        {row.kind === 'portal' ? 'by a link that this key made' : 'with this API key'}
      </Text>
    </>
  );
}

function From({ address, userAgent }: { readonly address: string; readonly userAgent: string }) {
  return (
    <>
      <div className="figure">{address}</div>
      <Text size="xs" className="dim" title={userAgent}>
        {browserOf(userAgent)}
      </Text>
    </>
  );
}

interface EndSessionsProps {
  readonly sessions: readonly Row[];
  readonly session: Session;
  readonly onClose: () => void;
  readonly onSignedOut: () => void;
}

function EndSessions({ sessions, session, onClose, onSignedOut }: EndSessionsProps) {
  const queries = useQueryClient();
  const isOwn = sessions.some(({ id }) => id === session.id);
  const end = useMutation({
    async mutationFn() {
      if (isOwn) return await api.DELETE('/v1/sessions/current');
      // One after the other: each is an entry of the audit log.
      for (const { id } of sessions) await api.DELETE('/v1/sessions/{id}', { params: { path: { id } } });
      return undefined;
    },
    async onSuccess() {
      onClose();
      if (isOwn) {
        onSignedOut();
        queries.clear();
      } else await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const title = isOwn ? 'Sign out' : sessions.length === 1 ? 'End the session' : `End ${sessions.length} sessions`;
  return (
    <Confirm
      title={title}
      act={title}
      error={end.error}
      isPending={end.isPending}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      {isOwn
        ? 'This browser is signed out at once.'
        : `Whoever uses ${sessions.length === 1 ? 'it' : 'them'} is signed out within a second, and may sign in again with a key that works.`}
    </Confirm>
  );
}
