// What the parts of an export hold: the files of some invoices each, and each table of all of them.

import type { InvoiceRecords, InvoiceState } from '@tollgate/accounts';
import type { JsonObject } from '@tollgate/domain';
import { INVOICE_FORMATS, type InvoiceFormat, type InvoiceFormatName } from '@tollgate/invoice-files';
import { invoicesOfMonth } from './month.ts';

export type ExportPartPlan =
  | { readonly kind: 'invoices'; readonly invoiceIds: readonly string[] }
  | { readonly kind: 'table'; readonly format: InvoiceFormatName };

export const INVOICES_PER_PART = 50;
/** All that were given a number, also those that became void: a series has no gaps. */
export const NUMBERED: readonly InvoiceState[] = ['finalized', 'paid', 'uncollectible', 'void'];

const formats: Readonly<Record<InvoiceFormatName, InvoiceFormat>> = INVOICE_FORMATS;

/** Those of invoices come first. */
export async function* planExport(
  accounts: Pick<InvoiceRecords, 'invoices'>,
  { month, formats: wanted }: { readonly month: string; readonly formats: readonly string[] },
): AsyncGenerator<JsonObject> {
  let invoiceIds: string[] = [];
  for await (const { id } of invoicesOfMonth(accounts, { month, states: NUMBERED })) {
    invoiceIds.push(id);
    if (invoiceIds.length < INVOICES_PER_PART) continue;
    yield { kind: 'invoices', invoiceIds };
    invoiceIds = [];
  }
  if (invoiceIds.length > 0) yield { kind: 'invoices', invoiceIds };
  for (const format of wanted) {
    if (isFormat(format) && formats[format].holds === 'many') yield { kind: 'table', format };
  }
}

/** As it was kept, perhaps by another release. */
export function parsePartPlan(plan: unknown): ExportPartPlan {
  if (typeof plan === 'object' && plan !== null && 'kind' in plan) {
    if (plan.kind === 'invoices' && 'invoiceIds' in plan && isTexts(plan.invoiceIds)) {
      return { kind: 'invoices', invoiceIds: plan.invoiceIds };
    }
    if (plan.kind === 'table' && 'format' in plan && typeof plan.format === 'string' && isFormat(plan.format)) {
      return { kind: 'table', format: plan.format };
    }
  }
  throw new Error('the plan of a part of an export says what this release does not know');
}

function isFormat(name: string): name is InvoiceFormatName {
  return Object.hasOwn(formats, name);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
