// The shapes of the documents as they are published: JSON Schema, by the name of the file, which is the document's `format`.

import { CanonicalCreditNoteSchema, CanonicalInvoiceSchema } from '@tollgate/domain';

export const SCHEMA_MEDIA_TYPE = 'application/schema+json';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Under names such as `tollgate.invoice/1`: the text of each file. */
export const DOCUMENT_SCHEMAS: ReadonlyMap<string, string> = new Map(
  [CanonicalInvoiceSchema, CanonicalCreditNoteSchema].map((schema) => [
    schema.properties.format.const,
    `${JSON.stringify({ $schema: DIALECT, ...schema }, null, 2)}\n`,
  ]),
);
