// Writes a part of an export: the files of some invoices, or a table of all of them. Content comes from what was finalized, so
// that writing it again gives the same.

import type { Accounts, CreditNote, Invoice } from '@tollgate/accounts';
import type { Archives, NewFile } from '@tollgate/archive';
import { type CanonicalInvoice, type JsonObject, parseCanonicalInvoice, TollgateError } from '@tollgate/domain';
import { type DocumentFormat, INVOICE_FORMATS, type InvoiceFormat } from '@tollgate/invoice-files';
import type { Failpoint, Logger } from '@tollgate/runtime';
import {
  addTotals,
  type ControlTotals,
  NO_TOTALS,
  totalsOfCreditNote,
  totalsOfInvoice,
  totalsToJson,
} from './control-totals.ts';
import { type ExportPartPlan, isFormat, NUMBERED, parsePartPlan } from './export-plan.ts';
import { invoicesOfMonth } from './month.ts';

export interface PartParts {
  readonly accounts: Pick<Accounts, 'export' | 'invoice' | 'invoices' | 'creditNotes'>;
  readonly archives: Archives;
  readonly failpoint: Failpoint;
  readonly logger: Logger;
}

const NOTES_MAX = 1_000;

export async function writeExportPart(
  parts: PartParts,
  { exportId, part }: { readonly exportId: string; readonly part: number },
  signal: AbortSignal,
): Promise<void> {
  const { accounts, archives, failpoint, logger } = parts;
  const made = await accounts.export(exportId);
  if (made?.state !== 'running' || (await archives.writtenParts(exportId)).has(part)) return;
  try {
    const plan = parsePartPlan(await archives.partPlan(exportId, part));
    if (plan.kind === 'invoices') {
      const files = invoiceFiles({ parts, plan, formats: made.formats, signal });
      await archives.writePart(exportId, part, { files, note: files.note });
    } else {
      const files = tableFiles({ parts, plan, month: made.month, signal });
      await archives.writePart(exportId, part, { files, note: () => ({}) });
    }
  } catch (error) {
    if (signal.aborted) throw error;
    logger.error({ err: error, export: exportId, part }, 'a part of an export could not be written');
    await archives.noteFailure(exportId, part, error instanceof TollgateError ? error.detail : 'internal error');
  }
  failpoint('export.after_part');
}

interface InvoiceFiles extends AsyncIterable<NewFile> {
  readonly note: () => JsonObject;
}

function invoiceFiles(of: {
  readonly parts: PartParts;
  readonly plan: Extract<ExportPartPlan, { kind: 'invoices' }>;
  readonly formats: readonly string[];
  readonly signal: AbortSignal;
}): InvoiceFiles {
  const { parts, plan, signal } = of;
  const documents = documentsOf(of.formats);
  let totals: ControlTotals = NO_TOTALS;
  const missing: JsonObject[] = [];
  const files = async function* (): AsyncGenerator<NewFile> {
    for (const invoiceId of plan.invoiceIds) {
      signal.throwIfAborted();
      const invoice = await parts.accounts.invoice(invoiceId);
      if (invoice?.snapshot == null) throw new Error(`the invoice ${invoiceId} of an export is not there`);
      totals = addTotals(totals, totalsOfInvoice(invoice));
      const { number, content } = invoice.snapshot;
      const canonical = parseCanonicalInvoice(content);
      for (const [name, format] of documents) {
        const path = pathOf(invoice, `${number}${name === format.extension ? '' : `-${name}`}.${format.extension}`);
        const lacks = format.lacks(canonical);
        // What one format cannot say is no reason to hold all the others back.
        if (lacks.length > 0) missing.push({ path, reason: lacks.join(' ') });
        else yield { path, content: await format.write(canonical) };
      }
      for (const note of await parts.accounts.creditNotes({ invoiceId, limit: NOTES_MAX })) {
        totals = addTotals(totals, totalsOfCreditNote(note));
        yield { path: pathOf(note, `${note.number}.json`), content: new TextEncoder().encode(note.content) };
      }
    }
  };
  return {
    [Symbol.asyncIterator]: files,
    note: () => ({ totals: totalsToJson(totals), missing }),
  };
}

function documentsOf(wanted: readonly string[]): readonly (readonly [string, DocumentFormat])[] {
  return wanted.flatMap((name): (readonly [string, DocumentFormat])[] => {
    const format: InvoiceFormat | undefined = isFormat(name) ? INVOICE_FORMATS[name] : undefined;
    return format?.holds === 'one' ? [[name, format]] : [];
  });
}

function pathOf({ customerId }: Pick<Invoice | CreditNote, 'customerId'>, name: string): string {
  // A prefix of numbers is the operator's own and may hold what no file's name may.
  return `customers/${customerId}/${name.replaceAll(/[^\p{L}\p{N}._-]/gu, '_')}`;
}

async function* tableFiles(of: {
  readonly parts: PartParts;
  readonly plan: Extract<ExportPartPlan, { kind: 'table' }>;
  readonly month: string;
  readonly signal: AbortSignal;
}): AsyncGenerator<NewFile> {
  const { parts, plan, month, signal } = of;
  const format: InvoiceFormat = INVOICE_FORMATS[plan.format];
  if (format.holds !== 'many') return;
  const invoices = async function* (): AsyncGenerator<CanonicalInvoice> {
    // Void ones were billed to nobody.
    const states = NUMBERED.filter((state) => state !== 'void');
    for await (const { snapshot } of invoicesOfMonth(parts.accounts, { month, states })) {
      signal.throwIfAborted();
      if (snapshot !== null) yield parseCanonicalInvoice(snapshot.content);
    }
  };
  yield { path: `tables/${tableName(plan.format)}.${format.extension}`, content: format.write(invoices()) };
}

function tableName(format: string): string {
  return format === 'csv' ? 'invoices' : format.replace(/_(?:csv|parquet)$/, '');
}
