// An invoice in the terms of EN 16931 (BT and BG numbers are the standard's), as the library that writes its two syntaxes takes
// it: names of UBL, without its namespaces. What it comes to is checked against the library's own schema.

import { type CanonicalInvoice, type CanonicalParty, dateTextAt, formatMinor } from '@tollgate/domain';
import { isZero, itemsOf, minorOf } from '../amounts.ts';
import { describeLine, documentNumbers, projectNames } from '../names.ts';
import { paymentAccountIn } from './payment-account.ts';
import { registrationOf, type TaxCategory, taxCategoryOf, vatIdOf } from './tax-category.ts';

type Line = CanonicalInvoice['lines'][number];

const SPECIFICATION = 'urn:cen.eu:en16931:2017';
/** UNTDID 1001. */
const TYPE_CODES = { invoice: '380', credit_note: '381' } as const;
/** UN/ECE recommendation 20: one. Tokens and what meters count have no code of their own. */
const ONE = 'C62';
const VAT = { 'cac:TaxScheme': { 'cbc:ID': 'VAT' } } as const;

/** What all parts are written by. */
interface Writing {
  readonly invoice: CanonicalInvoice;
  readonly category: TaxCategory;
  /** Without tax: they add up to the net amount of the invoice, to the cent (BR-CO-10, BR-CO-13). */
  readonly net: { readonly lines: readonly bigint[]; readonly coupons: readonly bigint[] };
  readonly money: (minor: bigint) => string;
}

/** An invoice, or a credit note in the shape of one. */
export interface SemanticSource {
  readonly kind: keyof typeof TYPE_CODES;
  readonly document: CanonicalInvoice;
  /** The invoice that a credit note takes back. */
  readonly preceding: Pick<CanonicalInvoice, 'number' | 'issued_at'> | null;
}

/** Of what lacks nothing (`lacks.ts`). */
export function semanticInvoice({ kind, document: invoice, preceding }: SemanticSource): object {
  const { number, currency, due_at: dueAt, issued_at: issuedAt, period, note, purchase_order: order } = invoice;
  const writing: Writing = {
    invoice,
    category: taxCategoryOf(invoice),
    net: netAmounts(invoice),
    money: (minor) => twoDecimals(formatMinor(minor, currency)),
  };
  const dateOf = (instant: string): string => dateTextAt(Date.parse(instant), period.zone);
  return {
    'ubl:Invoice': {
      'cbc:CustomizationID': SPECIFICATION,
      'cbc:ID': number,
      ...given('cbc:IssueDate', issuedAt === null ? null : dateOf(issuedAt)),
      ...given('cbc:DueDate', dueAt === null ? null : dateOf(dueAt)),
      'cbc:InvoiceTypeCode': TYPE_CODES[kind],
      ...given('cbc:Note', note === null ? null : [note]),
      'cbc:DocumentCurrencyCode': currency,
      'cac:InvoicePeriod': { 'cbc:StartDate': period.first_date, 'cbc:EndDate': period.last_date },
      ...given('cac:OrderReference', order === null ? null : { 'cbc:ID': order }),
      ...given('cac:BillingReference', preceding === null ? null : [precedingOf(preceding, dateOf)]),
      'cac:AccountingSupplierParty': { 'cac:Party': sellerOf(writing) },
      'cac:AccountingCustomerParty': { 'cac:Party': buyerOf(writing) },
      // CII has to say when it was delivered, if only that something was.
      'cac:Delivery': { 'cbc:ActualDeliveryDate': period.last_date },
      ...paymentOf(invoice),
      ...given('cac:AllowanceCharge', couponsOf(writing)),
      'cac:TaxTotal': [taxTotalOf(writing)],
      'cac:LegalMonetaryTotal': totalsOf(writing),
      'cac:InvoiceLine': invoice.lines.map((line, index) => lineOf(line, index, writing)),
    },
  };
}

function precedingOf(
  { number, issued_at: issuedAt }: Pick<CanonicalInvoice, 'number' | 'issued_at'>,
  dateOf: (instant: string) => string,
): object {
  const issued = issuedAt === null ? null : dateOf(issuedAt);
  return { 'cac:InvoiceDocumentReference': { 'cbc:ID': number, ...given('cbc:IssueDate', issued) } };
}

function netAmounts(invoice: CanonicalInvoice): Writing['net'] {
  const items = itemsOf(invoice);
  return {
    lines: items.flatMap(({ line, netMinor }) => (line === null ? [] : [netMinor])),
    coupons: items.flatMap(({ line, netMinor }) => (line === null ? [-netMinor] : [])),
  };
}

/** Where nothing is subject to VAT, no identifiers for it may be named (BR-O-02). */
function sellerOf({ invoice: { seller }, category }: Writing): object {
  const vatId = category.code === 'O' ? null : vatIdOf(seller);
  const registration = registrationOf(seller);
  const schemes = [
    ...(vatId === null ? [] : [{ 'cbc:CompanyID': vatId, ...VAT }]),
    ...(registration === null ? [] : [{ 'cbc:CompanyID': registration, 'cac:TaxScheme': { 'cbc:ID': 'TAX' } }]),
  ];
  return {
    ...electronicAddressOf(seller),
    'cac:PartyIdentification': [{ 'cbc:ID': seller.id }],
    'cac:PostalAddress': addressOf(seller),
    ...given('cac:PartyTaxScheme', schemes.length === 0 ? null : schemes),
    'cac:PartyLegalEntity': {
      'cbc:RegistrationName': seller.name,
      // Without an identifier for VAT a seller is known by another one (BR-CO-26).
      ...given('cbc:CompanyID', registration ?? (vatId === null ? vatIdOf(seller) : null)),
    },
    ...contactOf(seller),
  };
}

function buyerOf({ invoice: { buyer }, category }: Writing): object {
  const vatId = category.code === 'O' ? null : vatIdOf(buyer);
  return {
    ...electronicAddressOf(buyer),
    'cac:PartyIdentification': { 'cbc:ID': buyer.id },
    'cac:PostalAddress': addressOf(buyer),
    ...given('cac:PartyTaxScheme', vatId === null ? null : { 'cbc:CompanyID': vatId, ...VAT }),
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': buyer.name, ...given('cbc:CompanyID', registrationOf(buyer)) },
    ...contactOf(buyer),
  };
}

function electronicAddressOf({ email }: CanonicalParty): object {
  return email === null ? {} : { 'cbc:EndpointID': email, 'cbc:EndpointID@schemeID': 'EM' };
}

function contactOf({ email }: CanonicalParty): object {
  return email === null ? {} : { 'cac:Contact': { 'cbc:ElectronicMail': email } };
}

/** Lines of an address, since it is not known which of them is a town. */
function addressOf({ address, country }: CanonicalParty): object {
  const [first, second, ...others] = address.filter((line) => line.trim() !== '');
  return {
    ...given('cbc:StreetName', first),
    ...given('cbc:AdditionalStreetName', second),
    ...given('cac:AddressLine', others.length === 0 ? null : { 'cbc:Line': others.join(', ') }),
    'cac:Country': { 'cbc:IdentificationCode': country },
  };
}

const CREDIT_TRANSFER = '30';
const SEPA_CREDIT_TRANSFER = '58';

function paymentOf({ payment_details: details, currency, number, seller }: CanonicalInvoice): object {
  if (details === null) return {};
  const account = paymentAccountIn(details);
  const terms = { 'cac:PaymentTerms': { 'cbc:Note': details } };
  if (account === null) return terms;
  const branch = account.bic === null ? null : { 'cbc:ID': account.bic };
  return {
    'cac:PaymentMeans': [
      {
        'cbc:PaymentMeansCode': currency === 'EUR' ? SEPA_CREDIT_TRANSFER : CREDIT_TRANSFER,
        'cbc:PaymentID': number,
        'cac:PayeeFinancialAccount': {
          ...{ 'cbc:ID': account.iban, 'cbc:Name': seller.name },
          ...given('cac:FinancialInstitutionBranch', branch),
        },
      },
    ],
    ...terms,
  };
}

/** Document level allowances (BG-20). */
function couponsOf({ invoice: { coupons, currency }, category, net, money }: Writing): readonly object[] | null {
  if (coupons.length === 0) return null;
  return coupons.map(({ description, id }, index) => ({
    'cbc:ChargeIndicator': 'false',
    'cbc:AllowanceChargeReason': description === '' ? id : description,
    ...amount('cbc:Amount', money(net.coupons[index] ?? 0n), currency),
    'cac:TaxCategory': categoryOf(category),
  }));
}

function categoryOf({ code, percent }: TaxCategory): object {
  return { 'cbc:ID': code, ...given('cbc:Percent', percent), ...VAT };
}

/** The breakdown (BG-23) has one category: all that is on an invoice is taxed alike. */
function taxTotalOf({ invoice: { taxes, totals, currency }, category }: Writing): object {
  const tax = taxes[0]?.amount ?? '0';
  return {
    ...amount('cbc:TaxAmount', twoDecimals(tax), currency),
    'cac:TaxSubtotal': [
      {
        ...amount('cbc:TaxableAmount', twoDecimals(totals.net), currency),
        ...amount('cbc:TaxAmount', twoDecimals(tax), currency),
        'cac:TaxCategory': {
          ...{ 'cbc:ID': category.code, ...given('cbc:Percent', category.percent) },
          ...given('cbc:TaxExemptionReasonCode', category.reasonCode),
          ...given('cbc:TaxExemptionReason', category.reason),
          ...VAT,
        },
      },
    ],
  };
}

/** What is paid already (BT-113) is what credit notes and credits pay, less what is carried to the next invoice. */
function totalsOf({ invoice: { totals, currency }, net, money }: Writing): object {
  const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, one) => sum + one, 0n);
  const prepaid = minorOf(totals.total) - minorOf(totals.due);
  return {
    ...amount('cbc:LineExtensionAmount', money(sumOf(net.lines)), currency),
    ...amount('cbc:TaxExclusiveAmount', twoDecimals(totals.net), currency),
    ...amount('cbc:TaxInclusiveAmount', twoDecimals(totals.total), currency),
    ...(net.coupons.length === 0 ? {} : amount('cbc:AllowanceTotalAmount', money(sumOf(net.coupons)), currency)),
    ...(prepaid === 0n ? {} : amount('cbc:PrepaidAmount', money(prepaid), currency)),
    ...amount('cbc:PayableAmount', twoDecimals(totals.due), currency),
  };
}

/**
 * A line is its quantity at a price for as many: so quantity × price is the amount to the cent, whatever steps it came from. A
 * price is never negative (BR-27), so the quantity is where the amount is.
 */
function lineOf(line: Line, index: number, { invoice, category, net, money }: Writing): object {
  const { id, charge, original_invoice: original } = line;
  const name = describeLine(line, projectNames(invoice));
  const { currency } = invoice;
  const minor = net.lines[index] ?? 0n;
  const quantity = quantityOf(line);
  return {
    'cbc:ID': String(index + 1),
    ...given('cbc:Note', original === null ? null : `Adjustment of ${documentNumbers(invoice)(original)}`),
    'cbc:InvoicedQuantity': minor < 0n ? `-${quantity}` : quantity,
    'cbc:InvoicedQuantity@unitCode': ONE,
    ...amount('cbc:LineExtensionAmount', money(minor), currency),
    ...linePeriodOf(line, invoice),
    'cac:Item': {
      'cbc:Name': name === '' ? charge : name,
      'cac:SellersItemIdentification': { 'cbc:ID': id },
      'cac:ClassifiedTaxCategory': categoryOf(category),
    },
    'cac:Price': {
      ...amount('cbc:PriceAmount', money(minor < 0n ? -minor : minor), currency),
      ...{ 'cbc:BaseQuantity': quantity, 'cbc:BaseQuantity@unitCode': ONE },
    },
  };
}

/** What was used, where the line is for all of it. */
function quantityOf({ usage }: Line): string {
  const isWhole = usage !== null && isZero(usage.billed_before) && !isZero(usage.quantity);
  return isWhole && !usage.quantity.startsWith('-') ? usage.quantity : '1';
}

function linePeriodOf({ start, end }: Line, { period }: CanonicalInvoice): object {
  if (start === period.start && end === period.end) return {};
  const [first, last] = [dateTextAt(Date.parse(start), period.zone), dateTextAt(Date.parse(end) - 1, period.zone)];
  return { 'cac:InvoicePeriod': { 'cbc:StartDate': first, 'cbc:EndDate': last } };
}

function amount(name: string, value: string, currency: string): object {
  return { [name]: value, [`${name}@currencyID`]: currency };
}

/** The member, where there is something to say. */
function given(name: string, value: unknown): object {
  return value === null || value === undefined ? {} : { [name]: value };
}

/** Of currencies with more: what follows is zero (`lacks.ts`). */
function twoDecimals(decimal: string): string {
  return decimal.replace(/(\.\d{2})0+$/, '$1');
}
