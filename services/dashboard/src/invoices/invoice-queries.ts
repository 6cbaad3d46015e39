// What the pages of invoices ask for.

import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';

const LISTED = 1_000;
const BLOCKED_REFETCH_MS = 5_000;

async function readInvoice(id: string) {
  const invoice = await bodyOf(api.GET('/v1/invoices/{id}', { params: { path: { id } } }));
  if (invoice === null) throw new Error('the invoice came as a file');
  return invoice;
}

export type Invoice = Awaited<ReturnType<typeof readInvoice>>;
export type InvoiceDocument = Invoice['document'];
export type InvoiceLine = InvoiceDocument['lines'][number];

export const invoiceQuery = (id: string) =>
  queryOptions({ queryKey: ['invoices', 'one', id], queryFn: () => readInvoice(id) });

export const previewQuery = (customer: string | undefined) =>
  queryOptions({
    queryKey: ['invoices', 'preview', customer],
    queryFn: () =>
      bodyOf(api.GET('/v1/invoices/preview', { params: { query: customer === undefined ? {} : { customer } } })),
  });

export const formatsQuery = (id: string) =>
  queryOptions({
    queryKey: ['invoices', 'formats', id],
    queryFn: async () => (await bodyOf(api.GET('/v1/invoices/{id}/formats', { params: { path: { id } } }))).data,
  });

/** Looked at again while something blocks, so that what was settled elsewhere shows here. */
export const refusalsQuery = (id: string) =>
  queryOptions({
    queryKey: ['invoices', 'refusals', id],
    queryFn: async () => (await bodyOf(api.GET('/v1/invoices/{id}/refusals', { params: { path: { id } } }))).data,
    refetchInterval: ({ state }) => (state.data?.length === 0 ? false : BLOCKED_REFETCH_MS),
  });

export type Refusal = NonNullable<
  Awaited<ReturnType<NonNullable<ReturnType<typeof refusalsQuery>['queryFn']>>>
>[number];

export const booksQuery = (of: { readonly customer: string; readonly start: string; readonly end: string }) =>
  queryOptions({
    queryKey: ['books', of],
    queryFn: () => bodyOf(api.GET('/v1/books', { params: { query: of } })),
  });

export const creditNotesQuery = (invoice: string) =>
  queryOptions({
    queryKey: ['invoices', 'credit-notes', invoice],
    queryFn: async () =>
      (await bodyOf(api.GET('/v1/credit-notes', { params: { query: { invoice, limit: LISTED } } }))).data,
  });
