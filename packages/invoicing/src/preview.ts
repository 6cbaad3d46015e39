// An invoice before it is one: of the period that is under way, or of a draft. Calculated each time it is looked at.

import type { Invoice } from '@tollgate/accounts';
import {
  billingPeriodAt,
  type CanonicalInvoice,
  parseCanonicalInvoice,
  type TimeSpan,
  zoneOfPeriod,
} from '@tollgate/domain';
import { calculate } from './calculate.ts';
import { findRefusals } from './check.ts';
import { documentOf } from './document.ts';
import { existingCustomer } from './existing.ts';
import { calendarOf, gather, type InvoiceSubject } from './gather.ts';
import type { InvoicingParts, Records } from './parts.ts';
import type { Refusal } from './refusal.ts';

export interface Preview {
  /** Without the use that has no price. */
  readonly invoice: CanonicalInvoice;
  readonly period: TimeSpan;
  /** Why it could not be finalized now. */
  readonly refusals: readonly Refusal[];
}

/** Of what has been used of the period that holds the instant: the invoice is not stored, its id is the customer's. */
export async function previewPeriod(
  parts: InvoicingParts,
  { customerId, atMs }: { readonly customerId: string; readonly atMs: number },
): Promise<Preview> {
  const records: Records = parts.accounts;
  const customer = await existingCustomer(records, customerId);
  const calendar = await calendarOf(records, customerId);
  const period = billingPeriodAt(calendar, atMs);
  return await preview(parts, { invoiceId: null, customer, period, zone: zoneOfPeriod(calendar, period), atMs });
}

/** A draft as it would be finalized now. */
export async function previewDraft(parts: InvoicingParts, invoice: Invoice): Promise<Preview> {
  const { id, customerId, period, zone } = invoice;
  const customer = await existingCustomer(parts.accounts, customerId);
  return await preview(parts, { invoiceId: id, customer, period, zone, atMs: parts.clock.now() });
}

/** A draft is calculated now; what is finalized is as it is stored. */
export async function viewInvoice(parts: InvoicingParts, invoice: Invoice): Promise<CanonicalInvoice> {
  if (invoice.snapshot !== null) return parseCanonicalInvoice(invoice.snapshot.content);
  return (await previewDraft(parts, invoice)).invoice;
}

async function preview(parts: InvoicingParts, subject: InvoiceSubject): Promise<Preview> {
  const { invoiceId, customer, period, atMs } = subject;
  await parts.prices.refresh();
  const gathered = await gather(parts, parts.accounts, subject);
  const calculated = calculate(gathered.inputs);
  const said = { id: invoiceId ?? customer.id, number: null, issuedAtMs: null, dueAtMs: null };
  return {
    invoice: documentOf(gathered, said, calculated.figures),
    period,
    refusals: await findRefusals(parts, parts.accounts, {
      ...{ customerId: customer.id, gathered, calculated, atMs },
      // While a period is under way there is always something in flight.
      countedUntilMs: atMs < period.endMs ? null : period.endMs,
    }),
  };
}
