// What was taken back of an invoice.

import { useQuery } from '@tanstack/react-query';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Billed } from '../parts/exact.tsx';
import { Time } from '../parts/time.tsx';
import { useZone } from '../shell/zone.tsx';
import { creditNotesQuery, type Invoice } from './invoice-queries.ts';
import { SETTLEMENT_NAMES } from './settlements.ts';

export function CreditNotesPanel({ invoice }: { readonly invoice: Invoice }) {
  const zone = useZone();
  const isFinal = invoice.state !== 'draft';
  const asked = useQuery({ ...creditNotesQuery(invoice.id), enabled: isFinal });
  // Most have none, and a place that is kept for nothing would be one more thing to look at.
  if (!isFinal || (asked.error === null && (asked.data ?? []).length === 0)) return null;
  const columns: readonly Column<NonNullable<typeof asked.data>[number]>[] = [
    { name: 'Credit note', cell: ({ number }) => number },
    { name: `Issued (${zone})`, cell: ({ issued_at: at }) => <Time at={at} /> },
    { name: 'Reason', cell: ({ reason }) => <div className="name clamped">{reason}</div> },
    { name: 'Settled', cell: ({ settlement }) => SETTLEMENT_NAMES[settlement] },
    { name: 'Total', isNumber: true, cell: ({ total, currency }) => <Billed amount={total} currency={currency} /> },
  ];
  return (
    <DataTable
      label="Credit notes"
      columns={columns}
      rows={asked.data}
      keyOf={({ id }) => id}
      error={asked.error}
      onRetry={() => void asked.refetch()}
      empty={null}
    />
  );
}
