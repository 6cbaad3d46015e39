// What is in an archive: the invoices that were planned, as they stood when it was asked for, and their credit notes up to then.
// All parts say the same of them, whenever they are written.

import type { Accounts, CreditNote, Invoice, InvoiceExport } from '@tollgate/accounts';
import type { Archives } from '@tollgate/archive';
import { type CanonicalInvoice, parseCanonicalCreditNote, parseCanonicalInvoice } from '@tollgate/domain';
import type { CreditedInvoice } from '@tollgate/invoice-files';
import { NUMBERED, parsePartPlan } from './export-plan.ts';
import { invoicesOfMonth } from './month.ts';

const PAGE = 50;

interface ExportSources {
  readonly accounts: Pick<Accounts, 'invoices' | 'creditNotes'>;
  readonly archives: Pick<Archives, 'countParts' | 'partPlan'>;
}

/** Was it void by then? */
export function wasVoid(
  { state, settledAtMs }: Pick<Invoice, 'state' | 'settledAtMs'>,
  { createdAtMs }: Pick<InvoiceExport, 'createdAtMs'>,
): boolean {
  return state === 'void' && (settledAtMs ?? 0) <= createdAtMs;
}

/** By id. What was finalized since is in the next archive; what was void was billed to nobody. */
export async function* billedInvoices(
  { accounts, archives }: ExportSources,
  made: InvoiceExport,
): AsyncGenerator<CanonicalInvoice> {
  const planned = plannedIds(archives, made.id);
  let next = await planned.next();
  for await (const invoice of invoicesOfMonth(accounts, { month: made.month, states: NUMBERED })) {
    // Both are by id.
    while (next.done !== true && next.value < invoice.id) next = await planned.next();
    if (next.done === true) return;
    const isIn = next.value === invoice.id && !wasVoid(invoice, made);
    if (isIn && invoice.snapshot !== null) yield parseCanonicalInvoice(invoice.snapshot.content);
  }
}

async function* plannedIds(archives: ExportSources['archives'], exportId: string): AsyncGenerator<string, void> {
  const parts = (await archives.countParts(exportId)) ?? 0;
  for (let part = 0; part < parts; part++) {
    const plan = parsePartPlan(await archives.partPlan(exportId, part));
    if (plan.kind === 'invoices') yield* plan.invoiceIds;
  }
}

export interface ExportedCredit {
  readonly stored: CreditNote;
  readonly credited: CreditedInvoice;
}

/** An invoice that has a credit note cannot become void. */
export async function* creditsOf(
  accounts: ExportSources['accounts'],
  { invoices, made }: { readonly invoices: readonly CanonicalInvoice[]; readonly made: InvoiceExport },
): AsyncGenerator<ExportedCredit> {
  const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
  let after: string | undefined;
  for (;;) {
    const query = { invoiceIds: [...byId.keys()], limit: PAGE, ...(after === undefined ? {} : { after }) };
    const page = await accounts.creditNotes(query);
    for (const stored of page) {
      const invoice = byId.get(stored.invoiceId);
      if (invoice === undefined || stored.issuedAtMs > made.createdAtMs) continue;
      yield { stored, credited: { note: parseCanonicalCreditNote(stored.content), invoice } };
    }
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

export async function* creditedInvoices(sources: ExportSources, made: InvoiceExport): AsyncGenerator<CreditedInvoice> {
  let invoices: CanonicalInvoice[] = [];
  const taken = async function* (): AsyncGenerator<CreditedInvoice> {
    for await (const { credited } of creditsOf(sources.accounts, { invoices, made })) yield credited;
  };
  for await (const invoice of billedInvoices(sources, made)) {
    invoices.push(invoice);
    if (invoices.length < PAGE) continue;
    yield* taken();
    invoices = [];
  }
  if (invoices.length > 0) yield* taken();
}
