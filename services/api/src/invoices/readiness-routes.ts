// What somebody wants to know of an invoice before they act: in which files it can be had, and what stands against finalizing it.

import { TollgateError } from '@tollgate/domain';
import { INVOICE_FORMATS, type InvoiceFormat } from '@tollgate/invoice-files';
import type { Invoicing } from '@tollgate/invoicing';
import Type from 'typebox';
import { defineRoute, json, type Route } from '../route.ts';
import { notFound } from '../tenancy.ts';
import { mustBeOperator, visibleInvoice } from './invoice-access.ts';
import { RefusalSchema, refusalsJson } from './invoice-json.ts';

const FormatSchema = Type.Object({
  format: Type.String({ description: 'As `?format=` of the invoice takes it.' }),
  content_type: Type.String(),
  extension: Type.String(),
  lacks: Type.Array(Type.String(), {
    description: 'Sentences, each of one thing that the invoice lacks to be written so. None: it can be had.',
  }),
});

interface ReadinessOptions {
  readonly invoicing: Pick<Invoicing, 'view' | 'previewDraft'>;
}

export function readinessRoutes({ invoicing }: ReadinessOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/invoices/{id}/formats',
      operationId: 'listInvoiceFormats',
      tag: 'Invoices',
      summary: 'In which files an invoice can be had, and what it lacks for the others',
      scope: 'billing:read',
      success: { status: 200, schema: Type.Object({ data: Type.Array(FormatSchema) }) },
      async handle({ caller, params, records }) {
        const document = await invoicing.view(visibleInvoice(caller, await records.invoice(params['id'] ?? '')));
        const formats: readonly (readonly [string, InvoiceFormat])[] = Object.entries(INVOICE_FORMATS);
        const data = formats.map(([format, type]) => ({
          ...{ format, content_type: type.contentType, extension: type.extension },
          lacks: type.holds === 'one' ? type.lacks(document) : [],
        }));
        return json(200, { data });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/invoices/{id}/refusals',
      operationId: 'listInvoiceRefusals',
      tag: 'Invoices',
      summary: 'Why a draft cannot be finalized now',
      description: 'Looked at anew each time, and nothing is done. None: it can be finalized.',
      scope: 'billing:read',
      success: { status: 200, schema: Type.Object({ data: Type.Array(RefusalSchema) }) },
      errors: ['conflict', 'customer_mismatch'],
      async handle({ caller, params, records }) {
        mustBeOperator(caller);
        const invoice = await records.invoice(params['id'] ?? '');
        if (invoice === null) throw notFound();
        if (invoice.state !== 'draft') {
          throw new TollgateError({
            code: 'conflict',
            detail: `The invoice is ${invoice.state}, and no draft any more.`,
          });
        }
        return json(200, { data: refusalsJson((await invoicing.previewDraft(invoice)).refusals) });
      },
    }),
  ];
}
