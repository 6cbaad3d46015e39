export {
  type DocumentFormat,
  INVOICE_FORMATS,
  type InvoiceFormat,
  type InvoiceFormatName,
  type TableFormat,
  writeInvoice,
} from './formats.ts';
export { DOCUMENT_SCHEMAS, SCHEMA_MEDIA_TYPE } from './schemas.ts';
