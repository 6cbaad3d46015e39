// Drafts of the periods of a customer that have ended, and of earlier ones in which use was found that no invoice is about.

import type { Customer, Invoice, OpenPeriod } from '@tollgate/accounts';
import { billingPeriodAt, type Calendar, type TimeSpan, zoneOfPeriod } from '@tollgate/domain';
import { calculate } from './calculate.ts';
import { changedPeriods } from './earlier-periods.ts';
import { existingCustomer } from './existing.ts';
import { calendarOf, gather } from './gather.ts';
import type { InvoicingParts, Records } from './parts.ts';

/** Periods that are looked at in one go: the transaction is not held for a whole history. */
const PERIODS_MAX = 12;

export interface EndedPeriods {
  readonly drafts: readonly Invoice[];
  readonly open: OpenPeriod;
  /** False: more periods have ended, and the next call goes on. */
  readonly isDone: boolean;
}

export async function draftEnded(parts: InvoicingParts, records: Records, customerId: string): Promise<EndedPeriods> {
  const nowMs = parts.clock.now();
  await records.lockCustomer(customerId);
  const customer = await existingCustomer(records, customerId);
  const calendar = await calendarOf(records, customerId);
  const known = await records.openPeriod(customerId);
  const drafts: Invoice[] = [];
  let period = openPeriodOf(calendar, known?.period ?? billingPeriodAt(calendar, customer.createdAtMs));
  for (let count = 0; period.endMs <= nowMs && count < PERIODS_MAX; count += 1) {
    drafts.push(...(await draftOf(parts, records, { customer, calendar, period })));
    period = openPeriodOf(calendar, billingPeriodAt(calendar, period.endMs));
  }
  await records.setOpenPeriod({ customerId, period });
  const openFromMs = period.startMs;
  const { unbilled } = await changedPeriods(parts, records, { customerId, calendar, openFromMs, exceptId: null });
  for (const other of unbilled.slice(0, PERIODS_MAX)) {
    drafts.push(...(await draftOf(parts, records, { customer, calendar, period: other })));
  }
  return { drafts, open: { customerId, period }, isDone: period.endMs > nowMs };
}

/** Its end may have moved with the calendar since it was set. */
function openPeriodOf(calendar: Calendar, { startMs }: TimeSpan): TimeSpan {
  return { startMs, endMs: billingPeriodAt(calendar, startMs).endMs };
}

interface ToDraft {
  readonly customer: Customer;
  readonly calendar: Calendar;
  readonly period: TimeSpan;
}

/** None where the period comes to no lines, or has an invoice already. */
export async function draftOf(
  parts: InvoicingParts,
  records: Records,
  { customer, calendar, period }: ToDraft,
): Promise<readonly Invoice[]> {
  if ((await records.invoicesIn(customer.id, period)).length > 0) return [];
  const zone = zoneOfPeriod(calendar, period);
  const subject = { invoiceId: null, customer, period, zone, atMs: parts.clock.now() };
  const { figures, unpriced } = calculate((await gather(parts, records, subject)).inputs);
  if (figures.lines.length === 0 && unpriced.length === 0) return [];
  return [await createDraft(parts, records, { customer, period, zone })];
}

export async function createDraft(
  { newId, clock }: Pick<InvoicingParts, 'newId' | 'clock'>,
  records: Records,
  of: { readonly customer: Customer; readonly period: TimeSpan; readonly zone: string },
): Promise<Invoice> {
  const { customer, period, zone } = of;
  const { id: customerId, currency } = customer;
  const nowMs = clock.now();
  const graceMs = (await records.sellerTerms())?.graceMs ?? null;
  const draft: Invoice = {
    ...{ id: newId('inv'), customerId, currency, period, zone, state: 'draft', draftedAtMs: nowMs },
    finalizesAtMs: graceMs === null ? null : graceEndOf(period, { graceMs, nowMs }),
    ...{ refusal: null, snapshot: null, settledAtMs: null, settledReason: null },
  };
  await records.createDraft(draft);
  await records.tell({ type: 'invoice.drafted', customerId, data: toldOf(draft) });
  return draft;
}

/** A period that ended long ago has its grace from when its use was found. */
function graceEndOf(
  { endMs }: TimeSpan,
  { graceMs, nowMs }: { readonly graceMs: number; readonly nowMs: number },
): number {
  return endMs + graceMs > nowMs ? endMs + graceMs : nowMs + graceMs;
}

/** What is told of any invoice. */
export function toldOf(invoice: Pick<Invoice, 'id' | 'customerId' | 'period' | 'zone' | 'currency'>) {
  const { id, customerId, period, zone, currency } = invoice;
  return {
    ...{ invoice: id, customer: customerId, currency },
    period: { start: new Date(period.startMs).toISOString(), end: new Date(period.endMs).toISOString(), zone },
  };
}
