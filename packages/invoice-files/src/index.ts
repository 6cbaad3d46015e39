export {
  type DocumentFormat,
  INVOICE_FORMATS,
  type InvoiceFormat,
  type InvoiceFormatName,
  type TableFormat,
  writeInvoice,
} from './formats.ts';
