// All invoices of a month as one archive: asked for, watched while it is made, and downloaded.

import '../money.css';
import { Button, Group, Progress, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { addressOf } from '../api/view.ts';
import { exactCount } from '../format/number.ts';
import { dateText, monthStart } from '../format/time.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { InvoiceTabs } from './invoice-tabs.tsx';

const PAGE_ROWS = 50;
const REFETCH_MS = 1_500;
const STATE_COLORS: Readonly<Record<string, string>> = { running: 'blue', done: 'teal', failed: 'red' };

async function readExports(cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/exports', { params: { query } }));
}

type Export = Awaited<ReturnType<typeof readExports>>['data'][number];

export function ArchivesPage() {
  const zone = useZone();
  const session = useSession();
  const [isWatching, setWatching] = useState(true);
  const pages = usePages({
    queryKey: ['exports'],
    read: async (cursor) => {
      const page = await readExports(cursor);
      setWatching(page.data.some(({ state }) => state === 'waiting' || state === 'running'));
      return page;
    },
    ...(isWatching ? { refetchMs: REFETCH_MS } : {}),
  });
  const columns: readonly Column<Export>[] = [
    { name: 'Month', cell: ({ month }) => <span className="figure strong">{month}</span> },
    { name: 'State', cell: ({ state }) => <StateBadge state={state} color={STATE_COLORS[state]} /> },
    { name: 'Invoices', cell: (made) => <ExportProgress made={made} /> },
    { name: 'Size', isNumber: true, cell: ({ bytes }) => (bytes === null ? '–' : <Bytes bytes={bytes} />) },
    {
      name: 'SHA-256',
      cell: ({ sha256 }) =>
        sha256 === null ? (
          '–'
        ) : (
          <code className="figure" title={sha256}>
            {sha256.slice(0, 12)}…
          </code>
        ),
    },
    { name: `Asked for (${zone})`, cell: ({ created_at: at }) => <Time at={at} /> },
    {
      name: '',
      isNumber: true,
      cell: ({ id, month, state, failure }) =>
        state === 'done' ? (
          <Button
            variant="default"
            size="xs"
            component="a"
            href={addressOf(`/v1/exports/${id}/archive`)}
            download
            aria-label={`Download the archive of ${month}`}
          >
            Download
          </Button>
        ) : (
          <Text size="xs" className="warned name">
            {failure}
          </Text>
        ),
    },
  ];
  return (
    <Page
      title="Month archives"
      lead={`One file for finance: all invoices, all formats, and a manifest that adds up. Times in ${zone}`}
    >
      <InvoiceTabs />
      {holds(session, 'billing:write') && <NewExport onMade={() => setWatching(true)} />}
      <DataTable
        label="Archives"
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <EmptyState
            title="No archives yet"
            curl={`curl ${window.location.origin}/v1/exports -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '{"month":"2026-10"}'`}
          >
            Ask for the archive of a month: it has every invoice with a number in it, its credit notes, and sums to
            check them by.
          </EmptyState>
        }
        {...pages}
      />
    </Page>
  );
}

function NewExport({ onMade }: { readonly onMade: () => void }) {
  const zone = useZone();
  const queries = useQueryClient();
  const [month, setMonth] = useState(() => dateText(zone, monthStart(zone, Date.now(), 1)).slice(0, 7));
  const make = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/exports', { body: { month } })),
    async onSuccess() {
      onMade();
      await queries.invalidateQueries({ queryKey: ['exports'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Panel>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            type="month"
            label="Month"
            description="Of the last day of an invoice's period"
            required
            value={month}
            onChange={(event) => setMonth(event.currentTarget.value)}
          />
          <Button type="submit" loading={make.isPending}>
            Make the archive
          </Button>
        </Group>
      </form>
      {make.isError && <ProblemAlert error={make.error} />}
    </Panel>
  );
}

function ExportProgress({ made: { month, progress, state } }: { readonly made: Export }) {
  const { done, invoices } = progress;
  return (
    <div className="job-progress">
      <Text size="sm" className="figure">
        {state === 'done' ? exactCount(done) : `${exactCount(done)} of ${exactCount(invoices)}`}
      </Text>
      {state === 'running' && (
        <Progress
          value={invoices === 0 ? 0 : (done / invoices) * 100}
          size="sm"
          aria-label={`Progress of the archive of ${month}`}
        />
      )}
    </div>
  );
}

const BYTES = new Intl.NumberFormat('en', { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });

function Bytes({ bytes }: { readonly bytes: number }) {
  return (
    <span className="figure" title={`${exactCount(bytes)} bytes`}>
      {BYTES.format(bytes / 1_000)}
    </span>
  );
}
