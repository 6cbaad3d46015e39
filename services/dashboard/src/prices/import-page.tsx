// Prices from a file, checked before any is made; and all prices as such a file.

import '../money.css';
import { Button, FileInput, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { exactCount } from '../format/number.ts';
import { className } from '../parts/class-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { PriceTabs } from './price-tabs.tsx';

const SHOWN_MAX = 100;

async function sendFile({ text, isDry }: { readonly text: string; readonly isDry: boolean }) {
  return await bodyOf(
    api.POST('/v1/prices/import', {
      params: { query: { dry_run: isDry ? 'true' : 'false' } },
      headers: { 'Content-Type': 'text/csv' },
      body: [],
      bodySerializer: () => text,
    }),
  );
}

type Imported = Awaited<ReturnType<typeof sendFile>>;

export function ImportPage() {
  const session = useSession();
  return (
    <Page title="Import and export" lead="Many prices at once, as CSV: all rows are taken, or none">
      <PriceTabs />
      <Panel title="Export">
        <Group justify="space-between" gap="sm">
          <Text size="sm" maw={620}>
            Every version that is or will be in force, in the form that the import takes: change it in a spreadsheet,
            and import it again.
          </Text>
          <Group gap="sm">
            <Button variant="default" component="a" href="/v1/prices/export?format=csv" download>
              Prices as CSV
            </Button>
            <Button variant="default" component="a" href="/v1/prices/export?format=json" download>
              As JSON
            </Button>
          </Group>
        </Group>
      </Panel>
      {holds(session, 'billing:write') && <Importing />}
    </Page>
  );
}

function Importing() {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState('');
  const check = useMutation({ mutationFn: (csv: string) => sendFile({ text: csv, isDry: true }) });
  const make = useMutation({
    mutationFn: () => sendFile({ text, isDry: false }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['prices'] }),
  });
  const choose = async (chosen: File | null): Promise<void> => {
    setFile(chosen);
    check.reset();
    make.reset();
    if (chosen === null) return;
    const csv = await chosen.text();
    setText(csv);
    check.mutate(csv);
  };
  const found = check.data;
  return (
    <Panel title="Import">
      <Stack>
        <Group align="flex-end" gap="sm">
          <FileInput
            label="CSV file"
            accept=".csv,text/csv"
            placeholder="Choose a file"
            w={320}
            clearable
            value={file}
            onChange={(chosen) => void choose(chosen)}
          />
          <Button
            onClick={() => make.mutate()}
            loading={make.isPending}
            disabled={found === undefined || found.created === 0 || make.isSuccess}
          >
            {found === undefined || found.created === 0 ? 'Import' : `Import ${exactCount(found.created)} prices`}
          </Button>
        </Group>
        {file === null && (
          <EmptyState
            title="Checked first"
            curl={`curl '${window.location.origin}/v1/prices/import?dry_run=true' -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: text/csv' --data-binary @prices.csv`}
          >
            A file that is chosen is checked row by row. What it would make is shown before anything is made.
          </EmptyState>
        )}
        {check.isError && <ProblemAlert error={check.error} />}
        {make.isError && <ProblemAlert error={make.error} />}
        {found !== undefined && (
          <Text size="sm" role="status" fw={600}>
            {make.isSuccess ? 'Made' : 'Would be made'}: {exactCount(found.created)}. There already:{' '}
            {exactCount(found.unchanged)}.
          </Text>
        )}
      </Stack>
      {found !== undefined && found.data.length > 0 && <Found rows={found.data.slice(0, SHOWN_MAX)} />}
    </Panel>
  );
}

function Found({ rows }: { readonly rows: Imported['data'] }) {
  const zone = useZone();
  const columns: readonly Column<Imported['data'][number]>[] = [
    {
      name: 'Model',
      cell: ({ model, provider }) => <span className="name">{[model, provider].filter(Boolean).join(' · ')}</span>,
    },
    { name: 'Class', cell: (price) => className(price.class ?? '') },
    { name: 'Tier', cell: (price) => price.service_tier ?? 'standard' },
    {
      name: 'Amount',
      isNumber: true,
      cell: ({ amount, currency }) => (amount === null ? 'ends' : `${amount} ${currency}`),
    },
    { name: `From (${zone})`, cell: ({ effective_from: at }) => <Time at={at ?? null} /> },
  ];
  return (
    <DataTable
      label={`The first ${SHOWN_MAX} rows`}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id ?? ''}
      error={null}
      onRetry={() => undefined}
      empty={null}
    />
  );
}
