// `/v1/invoices`: which there are, how one looks now, and each as a file in every format.

import { INVOICE_STATES } from '@tollgate/accounts';
import { CanonicalCreditNoteSchema, CanonicalInvoiceSchema, parseTimestamp } from '@tollgate/domain';
import { INVOICE_FORMATS, type InvoiceFormat, type InvoiceFormatName, writeOne } from '@tollgate/invoice-files';
import type { Invoicing } from '@tollgate/invoicing';
import type { Clock } from '@tollgate/runtime';
import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { COMMA_SEPARATED } from '../decode-query.ts';
import { asJson } from '../json-text.ts';
import { defineOpenRoute, defineRoute, json, type Route } from '../route.ts';
import { orNull, pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { confinedTo, customerInQuestion, mustBeSeen } from '../tenancy.ts';
import { bytes, fileNameOf, mustBeWritable, plainType, readFileSettings } from './document-file.ts';
import { CUSTOMERS_STATES, visibleInvoice } from './invoice-access.ts';
import {
  InvoiceSchema,
  InvoiceWithDocument,
  invoiceJson,
  PeriodSchema,
  periodJson,
  RefusalsSchema,
  refusalsJson,
} from './invoice-json.ts';

const FORMAT_NAMES = Object.keys(INVOICE_FORMATS).filter(isFormat);

export const Month = Type.String({ pattern: '^\\d{4}-(?:0[1-9]|1[0-2])$', examples: ['2026-10'] });

const InvoicesQuery = Type.Object(
  {
    customer: Type.Optional(CustomerId),
    state: Type.Optional(
      Type.Array(Type.Enum([...INVOICE_STATES]), { minItems: 1, uniqueItems: true, [COMMA_SEPARATED]: true }),
    ),
    month: Type.Optional({
      ...Month,
      description: 'Invoices the last day of whose period, in their own zone, lies in the month.',
    }),
    number: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const PreviewQuery = Type.Object(
  {
    customer: Type.Optional(CustomerId),
    at: Type.Optional(
      Type.String({ format: 'date-time', description: 'In the period that is asked for. Absent: now.' }),
    ),
  },
  { additionalProperties: false },
);

const InvoiceQuery = Type.Object(
  { format: Type.Optional(Type.Enum(FORMAT_NAMES, { description: 'As a file; absent: as JSON of the API.' })) },
  { additionalProperties: false },
);

interface InvoiceRoutesOptions {
  readonly invoicing: Pick<Invoicing, 'preview' | 'view'>;
  readonly clock: Clock;
}

/** The preview stands before the invoice whose id would be `preview`. */
export function invoiceRoutes(options: InvoiceRoutesOptions): readonly Route[] {
  return [listRoute(), previewRoute(options), getRoute(options), ...schemaRoutes()];
}

function listRoute(): Route {
  return defineRoute({
    method: 'GET',
    path: '/v1/invoices',
    operationId: 'listInvoices',
    tag: 'Invoices',
    summary: 'List invoices',
    description: 'By id, which is the order of their drafting. A customer sees those that were finalized.',
    scope: 'billing:read',
    query: InvoicesQuery,
    success: { status: 200, schema: pageOf(InvoiceSchema) },
    errors: ['customer_mismatch'],
    async handle({ caller, query, records }) {
      const customerId = customerInQuestion(caller, query.customer);
      const visible = confinedTo(caller) === null ? INVOICE_STATES : CUSTOMERS_STATES;
      const states = query.state === undefined ? visible : visible.filter((state) => query.state?.includes(state));
      const { limit, request } = pageRequest(query);
      const found = await records.invoices({
        ...{ ...request, states },
        ...(customerId === undefined ? {} : { customerId }),
        ...(query.month === undefined ? {} : { month: query.month }),
        ...(query.number === undefined ? {} : { number: query.number }),
      });
      const { rows, nextCursor } = toPage(found, limit);
      return json(200, { data: rows.map(invoiceJson), next_cursor: nextCursor });
    },
  });
}

function previewRoute({ invoicing, clock }: InvoiceRoutesOptions): Route {
  return defineRoute({
    method: 'GET',
    path: '/v1/invoices/preview',
    operationId: 'previewInvoice',
    tag: 'Invoices',
    summary: 'How the invoice of a period looks now',
    description: "Of the use up to now. An operator names the customer; a customer's key need not.",
    scope: 'billing:read',
    query: PreviewQuery,
    success: {
      status: 200,
      schema: Type.Object({
        state: Type.Literal('gathering'),
        customer: CustomerId,
        period: PeriodSchema,
        refusals: RefusalsSchema,
        document: Type.Unsafe({ ...CanonicalInvoiceSchema }),
      }),
    },
    errors: ['customer_mismatch'],
    async handle({ caller, query, records }) {
      const named = customerInQuestion(caller, query.customer);
      const customer = mustBeSeen(caller, named === undefined ? null : await records.customer(named), ({ id }) => id);
      const atMs = (query.at === undefined ? undefined : parseTimestamp(query.at)) ?? clock.now();
      const { invoice, period, refusals } = await invoicing.preview({ customerId: customer.id, atMs });
      return json(200, {
        ...{ state: 'gathering', customer: customer.id },
        period: periodJson({ period, zone: invoice.period.zone }),
        refusals: confinedTo(caller) === null ? refusalsJson(refusals) : null,
        document: asJson(invoice),
      });
    },
  });
}

function getRoute({ invoicing }: InvoiceRoutesOptions): Route {
  const formats: Readonly<Record<InvoiceFormatName, InvoiceFormat>> = INVOICE_FORMATS;
  return defineRoute({
    method: 'GET',
    path: '/v1/invoices/{id}',
    operationId: 'getInvoice',
    tag: 'Invoices',
    summary: 'Get an invoice, as JSON or as a file',
    description: 'A draft is calculated when it is asked for, and its files say that it is one.',
    scope: 'billing:read',
    query: InvoiceQuery,
    success: {
      status: 200,
      schema: orNull(InvoiceWithDocument),
      alternatives: [...new Set(FORMAT_NAMES.map((name) => plainType(formats[name].contentType)))].filter(
        (type) => type !== 'application/json',
      ),
    },
    async handle({ caller, params, query, records }) {
      const invoice = visibleInvoice(caller, await records.invoice(params['id'] ?? ''));
      const document = await invoicing.view(invoice);
      const { format } = query;
      if (format === undefined) return json(200, { ...invoiceJson(invoice), document: asJson(document) });
      const { contentType, extension } = formats[format];
      mustBeWritable({ format: formats[format], document, what: 'invoice' });
      return bytes({
        contentType,
        name: fileNameOf(invoice.snapshot?.number ?? `draft-${invoice.id}`, { format, extension }),
        chunks: writeOne(formats[format], document, await readFileSettings(records)),
      });
    },
  });
}

function schemaRoutes(): readonly Route[] {
  const published = [
    ['invoice', CanonicalInvoiceSchema],
    ['credit_note', CanonicalCreditNoteSchema],
  ] as const;
  return published.map(([name, schema]) =>
    defineOpenRoute({
      method: 'GET',
      path: `/v1/schemas/${name}`,
      operationId: name === 'invoice' ? 'getInvoiceSchema' : 'getCreditNoteSchema',
      tag: 'Invoices',
      summary: `The JSON Schema of the canonical JSON of ${name === 'invoice' ? 'an invoice' : 'a credit note'}`,
      success: { status: 200, schema: Type.Unsafe({ type: 'object' }) },
      async handle() {
        const plainSchema = asJson(JSON.parse(JSON.stringify(schema)));
        return json(200, {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          ...(typeof plainSchema === 'object' && plainSchema !== null ? plainSchema : {}),
        });
      },
    }),
  );
}

export function isFormat(name: string): name is InvoiceFormatName {
  return Object.hasOwn(INVOICE_FORMATS, name);
}
