// `/v1/credit-notes`: what was taken back of invoices.

import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { defineRoute, json, type Route } from '../route.ts';
import { pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { customerInQuestion, mustBeSeen } from '../tenancy.ts';
import { CreditNoteSchema, creditNoteJson, InvoiceId } from './invoice-json.ts';

export function creditNoteRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/credit-notes',
      operationId: 'listCreditNotes',
      tag: 'Invoices',
      summary: 'List credit notes',
      scope: 'billing:read',
      query: Type.Object(
        { customer: Type.Optional(CustomerId), invoice: Type.Optional(InvoiceId), ...pageQuery },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: pageOf(CreditNoteSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.creditNotes({
          ...request,
          ...(customerId === undefined ? {} : { customerId }),
          ...(query.invoice === undefined ? {} : { invoiceId: query.invoice }),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(creditNoteJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/credit-notes/{id}',
      operationId: 'getCreditNote',
      tag: 'Invoices',
      summary: 'Get a credit note',
      scope: 'billing:read',
      success: { status: 200, schema: CreditNoteSchema },
      async handle({ caller, params, records }) {
        const note = await records.creditNote(params['id'] ?? '');
        return json(200, creditNoteJson(mustBeSeen(caller, note, ({ customerId }) => customerId)));
      },
    }),
  ];
}
