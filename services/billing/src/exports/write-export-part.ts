// Writes a part of an export: the files of some invoices and of their credit notes, or a table of all of them. Content comes
// from what was finalized, so that writing it again gives the same.

import type { Accounts, InvoiceExport } from '@tollgate/accounts';
import type { Archives, NewFile } from '@tollgate/archive';
import { type CanonicalInvoice, type JsonObject, parseCanonicalInvoice, TollgateError } from '@tollgate/domain';
import {
  CREDIT_NOTE_FORMATS,
  type CreditNoteFormat,
  type DocumentFormat,
  type FileFormat,
  INVOICE_FORMATS,
} from '@tollgate/invoice-files';
import type { Failpoint, Logger } from '@tollgate/runtime';
import {
  addTotals,
  type ControlTotals,
  NO_TOTALS,
  totalsOfCreditNote,
  totalsOfInvoice,
  totalsToJson,
} from './control-totals.ts';
import { type ExportPartPlan, parsePartPlan } from './export-plan.ts';
import { creditsOf, wasVoid } from './exported.ts';
import { tableFiles } from './table-files.ts';

export interface PartParts {
  readonly accounts: Pick<Accounts, 'export' | 'invoice' | 'invoices' | 'creditNotes' | 'sellerTerms'>;
  readonly archives: Archives;
  readonly failpoint: Failpoint;
  readonly logger: Logger;
}

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
      const files = invoiceFiles({ parts, plan, made, signal });
      await archives.writePart(exportId, part, { files, note: files.note });
    } else {
      const files = tableFiles(parts, { format: plan.format, made, signal });
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
  readonly made: InvoiceExport;
  readonly signal: AbortSignal;
}): InvoiceFiles {
  const { parts, plan, made, signal } = of;
  const { accounts } = parts;
  const ofInvoices = documentsOf<CanonicalInvoice>(INVOICE_FORMATS, made.formats);
  const ofCreditNotes = documentsOf(CREDIT_NOTE_FORMATS satisfies Record<string, CreditNoteFormat>, made.formats);
  let totals: ControlTotals = NO_TOTALS;
  const missing: JsonObject[] = [];
  const files = async function* (): AsyncGenerator<NewFile> {
    for (const invoiceId of plan.invoiceIds) {
      signal.throwIfAborted();
      const invoice = await accounts.invoice(invoiceId);
      if (invoice?.snapshot == null) throw new Error(`the invoice ${invoiceId} of an export is not there`);
      totals = addTotals(totals, totalsOfInvoice(invoice, { isVoid: wasVoid(invoice, made) }));
      const { number, content } = invoice.snapshot;
      const canonical = parseCanonicalInvoice(content);
      const { customerId } = invoice;
      yield* documentFiles({ document: canonical, customerId, number, formats: ofInvoices, missing });
      for await (const { stored, credited } of creditsOf(accounts, { invoices: [canonical], made })) {
        totals = addTotals(totals, totalsOfCreditNote(stored));
        const named = { customerId, number: stored.number };
        yield* documentFiles({ document: credited, ...named, formats: ofCreditNotes, missing });
      }
    }
  };
  return {
    [Symbol.asyncIterator]: files,
    note: () => ({ totals: totalsToJson(totals), missing }),
  };
}

type NamedFormats<Document> = readonly (readonly [string, DocumentFormat<Document>])[];

async function* documentFiles<Document>(of: {
  readonly document: Document;
  readonly customerId: string;
  readonly number: string;
  readonly formats: NamedFormats<Document>;
  /** What one format cannot say is no reason to hold all the others back: it is noted here. */
  readonly missing: JsonObject[];
}): AsyncGenerator<NewFile> {
  const { document, customerId, number, formats, missing } = of;
  for (const [name, format] of formats) {
    const file = `${number}${name === format.extension ? '' : `-${name}`}.${format.extension}`;
    // A prefix of numbers is the operator's own and may hold what no file's name may.
    const path = `customers/${customerId}/${file.replaceAll(/[^\p{L}\p{N}._-]/gu, '_')}`;
    const lacks = format.lacks(document);
    if (lacks.length > 0) missing.push({ path, reason: lacks.join(' ') });
    else yield { path, content: await format.write(document) };
  }
}

function documentsOf<Document>(
  formats: Readonly<Record<string, FileFormat<Document>>>,
  wanted: readonly string[],
): NamedFormats<Document> {
  return wanted.flatMap((name): (readonly [string, DocumentFormat<Document>])[] => {
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    return format?.holds === 'one' ? [[name, format]] : [];
  });
}
