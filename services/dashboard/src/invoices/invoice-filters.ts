// What the list of invoices is narrowed to, as it stands in the address.

export const INVOICE_STATES = ['draft', 'finalized', 'paid', 'uncollectible', 'void'] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];

export interface InvoiceFilters {
  readonly customer?: string;
  readonly state?: InvoiceState;
  readonly month?: string;
  readonly number?: string;
}

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

export function readInvoiceFilters(search: Record<string, unknown>): InvoiceFilters {
  const state = INVOICE_STATES.find((one) => one === search['state']);
  const { customer, month, number } = search;
  return {
    ...(typeof customer === 'string' && customer !== '' ? { customer } : {}),
    ...(state === undefined ? {} : { state }),
    ...(typeof month === 'string' && MONTH.test(month) ? { month } : {}),
    ...(number === undefined || number === '' ? {} : { number: String(number) }),
  };
}

export function readPreviewSearch({ customer }: Record<string, unknown>): { readonly customer?: string } {
  return typeof customer === 'string' && customer !== '' ? { customer } : {};
}

export function readLineSearch({ line }: Record<string, unknown>): { readonly line: string } {
  return { line: typeof line === 'string' ? line : '' };
}
