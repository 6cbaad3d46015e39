// The files that an invoice can be had as: one table that the API, the archive and the command line go by. Each is a
// projection of the canonical JSON and adds nothing that is not in it.

import type { CanonicalInvoice } from '@tollgate/domain';
import { lacksForEn16931 } from './en16931/lacks.ts';
import { writeCii, writeUbl } from './en16931/write-xml.ts';
import { writeFocusCsv } from './focus-csv.ts';
import { writeFocusParquet } from './focus-parquet.ts';
import { writeInvoicesCsv, writeLinesCsv } from './invoices-csv.ts';
import { writeJson } from './json.ts';
import { writePdf } from './pdf/write-pdf.ts';
import { writeQuickbooks } from './quickbooks.ts';
import { writeStripe } from './stripe.ts';
import { writeXero } from './xero.ts';

interface FileType {
  /** As in `Content-Type`. */
  readonly contentType: string;
  /** Without a point. */
  readonly extension: string;
}

/** A document of one invoice. */
export interface DocumentFormat extends FileType {
  readonly holds: 'one';
  /** What the invoice lacks to be written so, in sentences; none: it can be written. */
  readonly lacks: (invoice: CanonicalInvoice) => readonly string[];
  readonly write: (invoice: CanonicalInvoice) => Promise<Uint8Array>;
}

/** A table of any number of invoices, written while they come: no more than some of them are in memory. */
export interface TableFormat extends FileType {
  readonly holds: 'many';
  readonly write: (invoices: AsyncIterable<CanonicalInvoice>) => AsyncIterable<Uint8Array>;
}

export type InvoiceFormat = DocumentFormat | TableFormat;

const CSV = { holds: 'many', contentType: 'text/csv; charset=utf-8; header=present', extension: 'csv' } as const;

const XML = { holds: 'one', contentType: 'application/xml', extension: 'xml', lacks: lacksForEn16931 } as const;

export const INVOICE_FORMATS = {
  json: { holds: 'one', contentType: 'application/json', extension: 'json', lacks: nothing, write: writeJson },
  pdf: { holds: 'one', contentType: 'application/pdf', extension: 'pdf', lacks: nothing, write: writePdf },
  ubl: { ...XML, write: writeUbl },
  cii: { ...XML, write: writeCii },
  csv: { ...CSV, write: writeInvoicesCsv },
  lines_csv: { ...CSV, write: writeLinesCsv },
  focus_csv: { ...CSV, write: writeFocusCsv },
  focus_parquet: {
    ...{ holds: 'many', contentType: 'application/vnd.apache.parquet', extension: 'parquet' },
    write: writeFocusParquet,
  },
  stripe: { holds: 'many', contentType: 'application/json', extension: 'json', write: writeStripe },
  xero: { ...CSV, write: writeXero },
  quickbooks: { ...CSV, write: writeQuickbooks },
} as const satisfies Readonly<Record<string, InvoiceFormat>>;

export type InvoiceFormatName = keyof typeof INVOICE_FORMATS;

/** One invoice in any of the formats. */
export async function* writeInvoice(
  format: InvoiceFormatName,
  invoice: CanonicalInvoice,
): AsyncGenerator<Uint8Array, void> {
  const formats: Readonly<Record<InvoiceFormatName, InvoiceFormat>> = INVOICE_FORMATS;
  const chosen = formats[format];
  if (chosen.holds === 'one') yield await chosen.write(invoice);
  else yield* chosen.write(only(invoice));
}

function nothing(): readonly string[] {
  return [];
}

async function* only(invoice: CanonicalInvoice): AsyncGenerator<CanonicalInvoice, void> {
  yield invoice;
}
