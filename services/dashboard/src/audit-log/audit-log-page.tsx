// Who did what, when and from where.

import { api, bodyOf } from '../api/client.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { useZone } from '../shell/zone.tsx';

const PAGE_ROWS = 50;

async function readEntries(cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/audit-log', { params: { query } }));
}

type Entry = Awaited<ReturnType<typeof readEntries>>['data'][number];

export function AuditLogPage() {
  const zone = useZone();
  const nameOf = useNames();
  const pages = usePages({ queryKey: ['audit-log'], read: readEntries });
  const columns: readonly Column<Entry>[] = [
    { name: `Time (${zone})`, cell: ({ time }) => <Time at={time} /> },
    { name: 'Act', cell: ({ action }) => action },
    { name: 'On', cell: ({ subject }) => <span className="name">{nameOf(subject.id)}</span> },
    {
      name: 'By',
      cell: ({ actor }) => <span className="name">{actor.key === null ? 'Tollgate' : nameOf(actor.key)}</span>,
    },
    { name: 'From', cell: ({ origin }) => origin?.address ?? '–' },
    {
      name: 'Customer',
      cell: ({ customer }) => <span className="name">{customer === null ? '–' : nameOf(customer)}</span>,
    },
    { name: 'Number', isNumber: true, cell: ({ sequence }) => sequence },
  ];
  return (
    <Page title="Audit log" lead={`The newest first. Times in ${zone}`}>
      <DataTable
        label="Audit log"
        columns={columns}
        keyOf={({ sequence }) => String(sequence)}
        empty={<EmptyState title="Nothing was done yet" />}
        {...pages}
      />
    </Page>
  );
}
