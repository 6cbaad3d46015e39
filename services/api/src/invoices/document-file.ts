// An invoice or a credit note as a file to be sent.

import { TollgateError } from '@tollgate/domain';
import type { FileFormat, FileSettings } from '@tollgate/invoice-files';
import type { Answer, CallContext } from '../route.ts';
import { attachment } from './attachment.ts';

/** Nobody has said who sells: then it is as it is for whoever says no more than that. */
const XERO_ACCOUNT_DEFAULT = '200';

export async function readFileSettings(records: Pick<CallContext['records'], 'sellerTerms'>): Promise<FileSettings> {
  return { xeroAccount: (await records.sellerTerms())?.xeroAccount ?? XERO_ACCOUNT_DEFAULT };
}

/** A format may ask for more than a document has to say. */
export function mustBeWritable<Document>(of: {
  readonly format: FileFormat<Document>;
  readonly document: Document;
  readonly what: 'invoice' | 'credit note';
}): void {
  const { format, document, what } = of;
  const lacks = format.holds === 'one' ? format.lacks(document) : [];
  if (lacks.length === 0) return;
  throw new TollgateError({
    code: 'validation_failed',
    detail: `The ${what} cannot be written in this format. ${lacks.join(' ')}`,
    errors: lacks.map((detail) => ({ pointer: 'format', detail })),
  });
}

export function bytes(file: {
  readonly contentType: string;
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}): Answer {
  const headers = { 'Content-Disposition': attachment(file.name) };
  return { kind: 'bytes', status: 200, contentType: file.contentType, headers, chunks: file.chunks };
}

export function fileNameOf(
  name: string,
  { format, extension }: { readonly format: string; readonly extension: string },
): string {
  return `${name}${format === extension ? '' : `-${format}`}.${extension}`;
}

/** Without parameters. */
export function plainType(contentType: string): string {
  return contentType.split(';', 1)[0] ?? contentType;
}
