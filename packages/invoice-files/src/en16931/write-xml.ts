// UBL 2.1 and UN/CEFACT CII D16B: the two syntaxes of EN 16931, of the same content. A credit note is a document of its own in
// UBL, and another type of the same in CII.

import { FormatFactoryService, type Invoice, invoiceSchema } from '@e-invoice-eu/core';
import type { CanonicalInvoice } from '@tollgate/domain';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import { asInvoice, type CreditedInvoice } from '../credited-invoice.ts';
import { lacksForEn16931 } from './lacks.ts';
import { type SemanticSource, semanticInvoice } from './semantic-invoice.ts';

export async function writeUbl(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return writeXml('UBL', sourceOf(invoice));
}

export async function writeCii(invoice: CanonicalInvoice): Promise<Uint8Array> {
  return writeXml('CII', sourceOf(invoice));
}

export async function writeUblCreditNote(credited: CreditedInvoice): Promise<Uint8Array> {
  return writeXml('UBL', creditSourceOf(credited));
}

export async function writeCiiCreditNote(credited: CreditedInvoice): Promise<Uint8Array> {
  return writeXml('CII', creditSourceOf(credited));
}

function sourceOf(invoice: CanonicalInvoice): SemanticSource {
  return { kind: 'invoice', document: invoice, preceding: null };
}

function creditSourceOf(credited: CreditedInvoice): SemanticSource {
  return { kind: 'credit_note', document: asInvoice(credited), preceding: credited.invoice };
}

type Syntax = 'UBL' | 'CII';

/** Asked for is a document that lacks nothing: whoever asks looks at that first (`lacksForEn16931`). */
async function writeXml(syntax: Syntax, source: SemanticSource): Promise<Uint8Array> {
  const lacks = lacksForEn16931(source.document);
  if (lacks.length > 0) throw new Error(`${source.document.id} cannot be written by EN 16931: ${lacks.join(' ')}`);
  const semantic = semanticInvoice(source);
  const isInvoice = schemaOfLibrary();
  if (!isInvoice(semantic)) throw new Error(`${source.document.id}: ${JSON.stringify(isInvoice.errors)}`);
  const service = new FormatFactoryService().createFormatService(syntax, SILENT);
  const written = syntax === 'CII' ? withPlainReferences(semantic) : semantic;
  const xml = await service.generate(written, { format: syntax, lang: 'en' });
  return typeof xml === 'string' ? new TextEncoder().encode(xml) : xml;
}

/**
 * The library finds the preceding invoice (BG-3) for CII a level above where its own schema has it. Its date is left out there,
 * since it would be written in the wrong namespace: numbers are unique, so that it does not have to be said.
 */
function withPlainReferences(semantic: Invoice): Invoice {
  const { 'ubl:Invoice': content } = semantic;
  const references = content['cac:BillingReference']?.map(({ 'cac:InvoiceDocumentReference': reference }) => ({
    'cac:InvoiceDocumentReference': reference,
    'cbc:ID': reference['cbc:ID'],
  }));
  if (references === undefined) return semantic;
  return { ...semantic, 'ubl:Invoice': { ...content, 'cac:BillingReference': references } };
}

const SILENT = { log: ignore, warn: ignore, error: ignore };

function ignore(): void {}

let compiled: ValidateFunction<Invoice> | undefined;

/** Compiled once: it has the code lists of the standard. */
function schemaOfLibrary(): ValidateFunction<Invoice> {
  compiled ??= new Ajv2019({ strict: false, allErrors: true }).compile<Invoice>(invoiceSchema);
  return compiled;
}
