export type { CreditedInvoice } from './credited-invoice.ts';
export {
  CREDIT_NOTE_FORMATS,
  type CreditNoteFormat,
  type CreditNoteFormatName,
  type DocumentFormat,
  type FileFormat,
  INVOICE_FORMATS,
  type InvoiceFormat,
  type InvoiceFormatName,
  type TableFormat,
  writeOne,
} from './formats.ts';
export { DOCUMENT_SCHEMAS, SCHEMA_MEDIA_TYPE } from './schemas.ts';
export { splitTable } from './split-table.ts';
export type { FileSettings } from './xero.ts';
