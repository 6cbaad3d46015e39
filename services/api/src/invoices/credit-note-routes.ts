// `/v1/credit-notes`: what was taken back of invoices.

import type { CreditNote } from '@tollgate/accounts';
import { parseCanonicalCreditNote, parseCanonicalInvoice } from '@tollgate/domain';
import {
  CREDIT_NOTE_FORMATS,
  type CreditedInvoice,
  type CreditNoteFormat,
  type CreditNoteFormatName,
  writeOne,
} from '@tollgate/invoice-files';
import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { type CallContext, defineRoute, json, type Route } from '../route.ts';
import { orNull, pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { customerInQuestion, mustBeSeen } from '../tenancy.ts';
import { bytes, fileNameOf, mustBeWritable, plainType, readFileSettings } from './document-file.ts';
import { CreditNoteSchema, creditNoteJson, InvoiceId } from './invoice-json.ts';

const formats: Readonly<Record<CreditNoteFormatName, CreditNoteFormat>> = CREDIT_NOTE_FORMATS;
const FORMAT_NAMES = Object.keys(CREDIT_NOTE_FORMATS).filter(isFormat);

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
      summary: 'Get a credit note, as JSON or as a file',
      scope: 'billing:read',
      query: Type.Object(
        { format: Type.Optional(Type.Enum(FORMAT_NAMES, { description: 'As a file; absent: as JSON of the API.' })) },
        { additionalProperties: false },
      ),
      success: {
        status: 200,
        schema: orNull(CreditNoteSchema),
        alternatives: [...new Set(FORMAT_NAMES.map((name) => plainType(formats[name].contentType)))].filter(
          (type) => type !== 'application/json',
        ),
      },
      async handle({ caller, params, query, records }) {
        const found = await records.creditNote(params['id'] ?? '');
        const note = mustBeSeen(caller, found, ({ customerId }) => customerId);
        const { format } = query;
        if (format === undefined) return json(200, creditNoteJson(note));
        const { contentType, extension } = formats[format];
        const document = await creditedInvoice(records, note);
        mustBeWritable({ format: formats[format], document, what: 'credit note' });
        return bytes({
          contentType,
          name: fileNameOf(note.number, { format, extension }),
          chunks: writeOne(formats[format], document, await readFileSettings(records)),
        });
      },
    }),
  ];
}

async function creditedInvoice(
  records: Pick<CallContext['records'], 'invoice'>,
  { content, invoiceId }: CreditNote,
): Promise<CreditedInvoice> {
  const invoice = await records.invoice(invoiceId);
  if (invoice?.snapshot == null) throw new Error(`the invoice ${invoiceId} of a credit note is not there`);
  return { note: parseCanonicalCreditNote(content), invoice: parseCanonicalInvoice(invoice.snapshot.content) };
}

function isFormat(name: string): name is CreditNoteFormatName {
  return Object.hasOwn(CREDIT_NOTE_FORMATS, name);
}
