// A table of all invoices of an export, and of their credit notes where the format has them.

import type { InvoiceExport } from '@tollgate/accounts';
import type { NewFile } from '@tollgate/archive';
import {
  CREDIT_NOTE_FORMATS,
  type CreditedInvoice,
  type CreditNoteFormat,
  type FileSettings,
  INVOICE_FORMATS,
  type InvoiceFormat,
  type InvoiceFormatName,
  splitTable,
  type TableFormat,
} from '@tollgate/invoice-files';
import { billedInvoices, creditedInvoices } from './exported.ts';
import type { PartParts } from './write-export-part.ts';

const FILE_NAMES: Readonly<Partial<Record<InvoiceFormatName, string>>> = {
  csv: 'invoices',
  focus_csv: 'focus',
  focus_parquet: 'focus',
  lines_csv: 'lines',
};
const CREDIT_NOTE_FILE_NAMES: Readonly<Partial<Record<InvoiceFormatName, string>>> = {
  csv: 'credit_notes',
  lines_csv: 'credit_note_lines',
  xero: 'xero_credit_notes',
};

export async function* tableFiles(
  parts: Pick<PartParts, 'accounts' | 'archives'>,
  of: { readonly format: InvoiceFormatName; readonly made: InvoiceExport; readonly signal: AbortSignal },
): AsyncGenerator<NewFile> {
  const { format: name, made, signal } = of;
  const terms = await parts.accounts.sellerTerms();
  // Without terms there is no invoice with a number.
  const settings = { xeroAccount: terms?.xeroAccount ?? '' };
  const invoices: InvoiceFormat = INVOICE_FORMATS[name];
  if (invoices.holds === 'one') return;
  const documents = until(signal, billedInvoices(parts, made));
  yield* filesOf({ format: invoices, name: FILE_NAMES[name] ?? name, documents, settings });
  const creditNotes = creditNoteTable(name);
  if (creditNotes === undefined) return;
  yield* filesOf({
    ...{ format: creditNotes, name: CREDIT_NOTE_FILE_NAMES[name] ?? `${name}_credit_notes`, settings },
    documents: until(signal, creditedInvoices(parts, made)),
  });
}

function creditNoteTable(name: InvoiceFormatName): TableFormat<CreditedInvoice> | undefined {
  const formats: Readonly<Partial<Record<InvoiceFormatName, CreditNoteFormat>>> = CREDIT_NOTE_FORMATS;
  const format = formats[name];
  return format?.holds === 'many' ? format : undefined;
}

/** Numbered where its importer takes so many in a file: the second is `xero-2.csv`. */
async function* filesOf<Document>(of: {
  readonly format: TableFormat<Document>;
  readonly name: string;
  readonly documents: AsyncIterable<Document>;
  readonly settings: FileSettings;
}): AsyncGenerator<NewFile> {
  const { format, name, documents, settings } = of;
  const { extension, takes } = format;
  if (takes === undefined) {
    yield { path: `tables/${name}.${extension}`, content: format.write(documents, settings) };
    return;
  }
  let count = 0;
  for await (const some of splitTable(documents, takes)) {
    count += 1;
    yield { path: `tables/${name}-${count}.${extension}`, content: format.write(some, settings) };
  }
}

async function* until<Item>(signal: AbortSignal, items: AsyncIterable<Item>): AsyncGenerator<Item> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}
