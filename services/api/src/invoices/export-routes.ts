// `/v1/exports`: all invoices of a month as one archive, made by billing and sent from here.

import { EXPORT_STATES, type InvoiceExport } from '@tollgate/accounts';
import type { Archives } from '@tollgate/archive';
import { formatTimestamp } from '@tollgate/domain';
import { INVOICE_FORMATS } from '@tollgate/invoice-files';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from '../audit.ts';
import { type Answer, type CallContext, defineRoute, json, type Route } from '../route.ts';
import { Count, idOf, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from '../schemas.ts';
import { notFound } from '../tenancy.ts';
import { attachment } from './attachment.ts';
import { byteRangeOf } from './byte-range.ts';
import { mustBeOperator } from './invoice-access.ts';
import { isFormat, Month } from './invoice-routes.ts';

const FORMAT_NAMES = Object.keys(INVOICE_FORMATS).filter(isFormat);

const NewExport = Type.Object(
  {
    month: { ...Month, description: 'Of the last day of the period of an invoice, in its own zone.' },
    formats: Type.Optional(
      Type.Array(Type.Enum(FORMAT_NAMES), { minItems: 1, uniqueItems: true, description: 'Absent: all there are.' }),
    ),
  },
  { additionalProperties: false },
);

const ExportSchema = Type.Object({
  id: idOf('exp', 'an export'),
  month: Month,
  formats: Type.Array(Type.String()),
  state: Type.Enum([...EXPORT_STATES]),
  progress: Type.Object({ invoices: Count, done: Count }),
  bytes: orNull(Type.Integer({ minimum: 0, description: 'Of the archive. Null until it is done.' })),
  sha256: orNull(Type.String({ description: 'Of the archive, in hexadecimal.' })),
  failure: orNull(Type.String()),
  created_at: Timestamp,
  finished_at: orNull(Timestamp),
});

interface ExportOptions {
  readonly archives: Pick<Archives, 'read' | 'sealed'>;
  readonly clock: Clock;
  readonly newId: IdGenerator;
}

export function exportRoutes({ archives, clock, newId }: ExportOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/exports',
      operationId: 'createExport',
      tag: 'Invoices',
      summary: 'Have the archive of a month made',
      description:
        'A job: the answer comes at once, `GET /v1/exports/{id}` shows how far it is. All invoices that have a number are in it, with their credit notes; `manifest.json` has counts, control totals by currency and a SHA-256 of each file.',
      scope: 'billing:write',
      body: NewExport,
      success: { status: 202, schema: ExportSchema },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call.caller);
        const { body, records, caller } = call;
        const made: InvoiceExport = {
          ...{ id: newId('exp'), month: body.month, formats: body.formats ?? FORMAT_NAMES, state: 'waiting' },
          ...{ invoicesTotal: 0, invoicesDone: 0, bytes: null, sha256: null, failure: null },
          ...{ createdAtMs: clock.now(), createdBy: caller.keyId, finishedAtMs: null },
        };
        await records.createExport(made);
        await records.appendAudit(
          auditOf(call, {
            ...{ action: 'export.created', customerId: null, subject: { type: 'export', id: made.id } },
            ...{ before: null, after: { month: made.month, formats: made.formats } },
          }),
        );
        return json(202, exportJson(made));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/exports',
      operationId: 'listExports',
      tag: 'Invoices',
      summary: 'List exports',
      description: 'The newest first.',
      scope: 'billing:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(ExportSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        mustBeOperator(caller);
        const { limit, request } = pageRequest(query);
        const { rows, nextCursor } = toPage(await records.exports(request), limit);
        return json(200, { data: rows.map(exportJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/exports/{id}',
      operationId: 'getExport',
      tag: 'Invoices',
      summary: 'How far an export is',
      scope: 'billing:read',
      success: { status: 200, schema: ExportSchema },
      errors: ['customer_mismatch'],
      handle: async (call) => json(200, exportJson(await existingExport(call))),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/exports/{id}/archive',
      operationId: 'getExportArchive',
      tag: 'Invoices',
      summary: 'The archive of an export',
      description: 'A zip file. `Range` with one range of bytes is answered with that part.',
      scope: 'billing:read',
      success: { status: 200, schema: Type.Null(), alternatives: ['application/zip'] },
      errors: ['conflict', 'customer_mismatch'],
      async handle(call) {
        const { id, month } = await existingExport(call);
        const sealed = await archives.sealed(id);
        if (sealed === null) throw notFound();
        const range = byteRangeOf(call.received.headers.range, sealed.bytes);
        const { start, end } = range ?? { start: 0, end: sealed.bytes };
        return archiveAnswer({
          ...{ name: `tollgate-${month}.zip`, bytes: sealed.bytes, start, end, isPart: range !== null },
          chunks: archives.read(id, { start, end }),
        });
      },
    }),
  ];
}

async function existingExport(
  call: Pick<CallContext, 'caller' | 'records'> & { readonly params: Readonly<Record<string, string>> },
): Promise<InvoiceExport> {
  mustBeOperator(call.caller);
  const made = await call.records.export(call.params['id'] ?? '');
  if (made === null) throw notFound();
  return made;
}

function archiveAnswer(of: {
  readonly name: string;
  readonly bytes: number;
  readonly start: number;
  readonly end: number;
  readonly isPart: boolean;
  readonly chunks: AsyncIterable<Uint8Array>;
}): Answer {
  const { name, bytes, start, end, isPart, chunks } = of;
  return {
    kind: 'bytes',
    status: isPart ? 206 : 200,
    contentType: 'application/zip',
    headers: {
      'Content-Disposition': attachment(name),
      'Content-Length': String(end - start),
      'Accept-Ranges': 'bytes',
      ...(isPart ? { 'Content-Range': `bytes ${start}-${end - 1}/${bytes}` } : {}),
    },
    chunks,
  };
}

function exportJson(made: InvoiceExport) {
  return {
    id: made.id,
    month: made.month,
    formats: made.formats,
    state: made.state,
    progress: { invoices: made.invoicesTotal, done: made.invoicesDone },
    bytes: made.bytes,
    sha256: made.sha256,
    failure: made.failure,
    created_at: formatTimestamp(made.createdAtMs),
    finished_at: made.finishedAtMs === null ? null : formatTimestamp(made.finishedAtMs),
  };
}
