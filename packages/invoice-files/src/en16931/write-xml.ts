// UBL 2.1 and UN/CEFACT CII D16B: the two syntaxes of EN 16931, of the same content.

import { FormatFactoryService, type Invoice, invoiceSchema } from '@e-invoice-eu/core';
import type { CanonicalInvoice } from '@tollgate/domain';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import { lacksForEn16931 } from './lacks.ts';
import { semanticInvoice } from './semantic-invoice.ts';

export async function writeUbl(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return writeXml('UBL', invoice);
}

export async function writeCii(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return writeXml('CII', invoice);
}

/** Asked for is an invoice that lacks nothing: whoever asks looks at that first (`lacksForEn16931`). */
async function writeXml(syntax: 'UBL' | 'CII', invoice: CanonicalInvoice): Promise<Uint8Array> {
  const lacks = lacksForEn16931(invoice);
  if (lacks.length > 0) throw new Error(`${invoice.id} cannot be written by EN 16931: ${lacks.join(' ')}`);
  const document = semanticInvoice(invoice);
  const isInvoice = schemaOfLibrary();
  if (!isInvoice(document)) throw new Error(`${invoice.id}: ${JSON.stringify(isInvoice.errors)}`);
  const service = new FormatFactoryService().createFormatService(syntax, SILENT);
  const xml = await service.generate(document, { format: syntax, lang: 'en' });
  return typeof xml === 'string' ? new TextEncoder().encode(xml) : xml;
}

const SILENT = { log: ignore, warn: ignore, error: ignore };

function ignore(): void {}

let compiled: ValidateFunction<Invoice> | undefined;

/** Compiled once: it has the code lists of the standard. */
function schemaOfLibrary(): ValidateFunction<Invoice> {
  compiled ??= new Ajv2019({ strict: false, allErrors: true }).compile<Invoice>(invoiceSchema);
  return compiled;
}
