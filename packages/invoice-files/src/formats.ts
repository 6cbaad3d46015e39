// The files that an invoice, or a credit note, can be had as: tables that the API, the archive and the command line go by. Each
// is a projection of the canonical JSON and adds nothing that is not in it.

import type { CanonicalInvoice } from '@tollgate/domain';
import { writeCreditNoteLinesCsv, writeCreditNotesCsv } from './credit-notes-csv.ts';
import { asInvoice, type CreditedInvoice } from './credited-invoice.ts';
import { lacksForEn16931 } from './en16931/lacks.ts';
import { writeCii, writeCiiCreditNote, writeUbl, writeUblCreditNote } from './en16931/write-xml.ts';
import { writeFocusCsv } from './focus-csv.ts';
import { writeFocusParquet } from './focus-parquet.ts';
import { writeInvoicesCsv, writeLinesCsv } from './invoices-csv.ts';
import { writeCreditNoteJson, writeJson } from './json.ts';
import { writeCreditNotePdf, writePdf } from './pdf/write-pdf.ts';
import { QUICKBOOKS_TAKES, writeQuickbooks } from './quickbooks.ts';
import type { ImportLimits } from './split-table.ts';
import { writeStripe } from './stripe.ts';
import { type FileSettings, writeXero, writeXeroCreditNotes, XERO_TAKES } from './xero.ts';

interface FileType {
  /** As in `Content-Type`. */
  readonly contentType: string;
  /** Without a point. */
  readonly extension: string;
}

/** A file of one document. */
export interface DocumentFormat<Document> extends FileType {
  readonly holds: 'one';
  /** What the document lacks to be written so, in sentences; none: it can be written. */
  readonly lacks: (document: Document) => readonly string[];
  readonly write: (document: Document) => Promise<Uint8Array>;
}

/** A table of any number of documents, written while they come: no more than some of them are in memory. */
export interface TableFormat<Document> extends FileType {
  readonly holds: 'many';
  readonly write: (documents: AsyncIterable<Document>, settings: FileSettings) => AsyncIterable<Uint8Array>;
  /** What whoever imports it takes in one file; absent: all. */
  readonly takes?: ImportLimits<Document>;
}

export type FileFormat<Document> = DocumentFormat<Document> | TableFormat<Document>;
export type InvoiceFormat = FileFormat<CanonicalInvoice>;
export type CreditNoteFormat = FileFormat<CreditedInvoice>;

const JSON_FILE = { holds: 'one', contentType: 'application/json', extension: 'json', lacks: nothing } as const;
const PDF = { holds: 'one', contentType: 'application/pdf', extension: 'pdf', lacks: nothing } as const;
const XML = { holds: 'one', contentType: 'application/xml', extension: 'xml' } as const;
const CSV = { holds: 'many', contentType: 'text/csv; charset=utf-8; header=present', extension: 'csv' } as const;

export const INVOICE_FORMATS = {
  json: { ...JSON_FILE, write: writeJson },
  pdf: { ...PDF, write: writePdf },
  ubl: { ...XML, lacks: lacksForEn16931, write: writeUbl },
  cii: { ...XML, lacks: lacksForEn16931, write: writeCii },
  csv: { ...CSV, write: writeInvoicesCsv },
  lines_csv: { ...CSV, write: writeLinesCsv },
  focus_csv: { ...CSV, write: writeFocusCsv },
  focus_parquet: {
    ...{ holds: 'many', contentType: 'application/vnd.apache.parquet', extension: 'parquet' },
    write: writeFocusParquet,
  },
  stripe: { holds: 'many', contentType: 'application/json', extension: 'json', write: writeStripe },
  xero: { ...CSV, write: writeXero, takes: XERO_TAKES },
  quickbooks: { ...CSV, write: writeQuickbooks, takes: QUICKBOOKS_TAKES },
} as const satisfies Readonly<Record<string, InvoiceFormat>>;

export type InvoiceFormatName = keyof typeof INVOICE_FORMATS;

const lacksOfCreditNote = (credited: CreditedInvoice): readonly string[] => lacksForEn16931(asInvoice(credited));

/** Under the names that they have for invoices: QuickBooks imports none, and FOCUS has them as credits of later invoices. */
export const CREDIT_NOTE_FORMATS = {
  json: { ...JSON_FILE, write: writeCreditNoteJson },
  pdf: { ...PDF, write: writeCreditNotePdf },
  ubl: { ...XML, lacks: lacksOfCreditNote, write: writeUblCreditNote },
  cii: { ...XML, lacks: lacksOfCreditNote, write: writeCiiCreditNote },
  csv: { ...CSV, write: writeCreditNotesCsv },
  lines_csv: { ...CSV, write: writeCreditNoteLinesCsv },
  xero: { ...CSV, write: writeXeroCreditNotes, takes: XERO_TAKES },
} as const satisfies Readonly<Partial<Record<InvoiceFormatName, CreditNoteFormat>>>;

export type CreditNoteFormatName = keyof typeof CREDIT_NOTE_FORMATS;

/** One document in any of its formats. */
export async function* writeOne<Document>(
  format: FileFormat<Document>,
  document: Document,
  settings: FileSettings,
): AsyncGenerator<Uint8Array, void> {
  if (format.holds === 'one') yield await format.write(document);
  else yield* format.write(only(document), settings);
}

function nothing(): readonly string[] {
  return [];
}

async function* only<Document>(document: Document): AsyncGenerator<Document, void> {
  yield document;
}
