// The rows of the archives that were asked for.

import type { ExportState, InvoiceExport, InvoiceRecords } from './invoices.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface ExportRow {
  readonly id: string;
  readonly month: string;
  readonly formats: readonly string[];
  readonly state: ExportState;
  readonly invoices_total: number;
  readonly invoices_done: number;
  readonly bytes: string | null;
  readonly sha256: string | null;
  readonly failure: string | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly finished_at: Date | null;
}

const INSERT = `
  INSERT INTO invoice_exports (id, state, invoices_total, invoices_done, bytes, sha256, failure, finished_at, month,
    formats, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

const SAVE = `
  UPDATE invoice_exports SET state = $2, invoices_total = $3, invoices_done = $4, bytes = $5, sha256 = $6, failure = $7,
    finished_at = $8
  WHERE id = $1`;

type ExportRecords = Pick<InvoiceRecords, 'createExport' | 'export' | 'exports' | 'unfinishedExports' | 'saveExport'>;

export function exportRecords(query: Query): ExportRecords {
  return {
    async createExport(made) {
      const { month, formats, createdAtMs, createdBy } = made;
      await query(INSERT, [...changingValues(made), month, formats, toTime(createdAtMs), createdBy]);
    },
    async export(id) {
      const [row] = await query<ExportRow>('SELECT * FROM invoice_exports WHERE id = $1', [id]);
      return row === undefined ? null : toExport(row);
    },
    async exports({ limit, after }) {
      const text = 'SELECT * FROM invoice_exports WHERE $2::text IS NULL OR id < $2 ORDER BY id DESC LIMIT $1';
      return (await query<ExportRow>(text, [limit, after ?? null])).map(toExport);
    },
    async unfinishedExports(limit) {
      const text = "SELECT id FROM invoice_exports WHERE state IN ('waiting', 'running') ORDER BY id LIMIT $1";
      return (await query<{ id: string }>(text, [limit])).map(({ id }) => id);
    },
    async saveExport(made) {
      await query(SAVE, changingValues(made));
    },
  };
}

function changingValues(made: InvoiceExport): readonly unknown[] {
  const { id, state, invoicesTotal, invoicesDone, bytes, sha256, failure, finishedAtMs } = made;
  return [id, state, invoicesTotal, invoicesDone, bytes?.toString() ?? null, sha256, failure, toTime(finishedAtMs)];
}

function toExport(row: ExportRow): InvoiceExport {
  return {
    id: row.id,
    month: row.month,
    formats: row.formats,
    state: row.state,
    invoicesTotal: row.invoices_total,
    invoicesDone: row.invoices_done,
    bytes: row.bytes === null ? null : BigInt(row.bytes),
    sha256: row.sha256,
    failure: row.failure,
    createdAtMs: row.created_at.getTime(),
    createdBy: row.created_by,
    finishedAtMs: fromTime(row.finished_at),
  };
}
