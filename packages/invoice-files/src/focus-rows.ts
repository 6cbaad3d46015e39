// An invoice as rows of FOCUS 1.2. What they are billed adds up to what the invoice comes to: what is due, less what is
// carried to the next one.

import { apportion, type CanonicalInvoice, type Exact, exact, fromMinor, minus, roundHalfUp } from '@tollgate/domain';
import { exactOf, type Item, itemsOf, minorOf } from './amounts.ts';
import { asOne, toFocusDigits, trimmed } from './focus-charge.ts';
import { FOCUS_DIGITS, type FocusRow } from './focus-columns.ts';
import { periodOf, type UseColumns, useRows } from './focus-use.ts';
import { documentNumbers, projectNames } from './names.ts';

type Line = CanonicalInvoice['lines'][number];
type Costs = Pick<FocusRow, 'BilledCost' | 'EffectiveCost'>;
/** What a row says of its own charge. */
type ChargeColumns = UseColumns &
  Costs &
  Pick<FocusRow, 'ChargeClass' | 'PricingCategory' | 'x_LineId' | 'x_OriginalInvoiceId'>;

const NOT_PRICED = {
  ...{ ContractedUnitPrice: null, ListUnitPrice: null, PricingCategory: null, PricingQuantity: null },
  ...{ PricingUnit: null, ConsumedQuantity: null, ConsumedUnit: null, SkuId: null, SkuMeter: null },
  ...{ SkuPriceDetails: null, SkuPriceId: null, SubAccountId: null },
  ...{ x_ModelName: null, x_ModelProvider: null, x_LineId: null, x_OriginalInvoiceId: null, ChargeClass: null },
};

export function* focusRows(invoice: CanonicalInvoice): Generator<FocusRow, void> {
  const common = commonColumns(invoice);
  const nameOf = projectNames(invoice);
  const numberOf = documentNumbers(invoice);
  for (const item of itemsOf(invoice)) {
    for (const row of itemRows(item, invoice)) {
      const { SubAccountId: project } = row;
      yield { ...common, ...row, SubAccountName: project === null ? null : nameOf(project) };
    }
  }
  for (const { name, percent, amount } of invoice.taxes) {
    yield {
      ...common,
      SubAccountName: null,
      ...plainRow(invoice, { category: 'Tax', description: `${name} ${percent} %`, cost: exactOf(amount) }),
    };
  }
  for (const { id, amount } of invoice.credit_notes) {
    yield { ...common, SubAccountName: null, ...creditRow(invoice, `Credit note ${numberOf(id)}`, minorOf(amount)) };
  }
  for (const { id, kind, amount } of invoice.credits) {
    yield { ...common, SubAccountName: null, ...creditRow(invoice, `Credit ${id}, ${kind}`, minorOf(amount)) };
  }
}

function commonColumns({ id, number, buyer, seller, currency, period }: CanonicalInvoice) {
  const sellerName = seller.name.trim() === '' ? seller.id : seller.name;
  return {
    BillingAccountId: buyer.id,
    BillingAccountName: buyer.name.trim() === '' ? buyer.id : buyer.name,
    BillingCurrency: currency,
    ...{ BillingPeriodStart: Date.parse(period.start), BillingPeriodEnd: Date.parse(period.end) },
    ...{ InvoiceId: id, x_InvoiceNumber: number },
    ...{ InvoiceIssuerName: sellerName, ProviderName: sellerName, PublisherName: sellerName },
    ...{ ServiceCategory: 'AI and Machine Learning', ServiceSubcategory: 'Generative AI', ServiceName: 'AI models' },
  };
}

function itemRows({ line, description, netMinor }: Item, invoice: CanonicalInvoice): readonly ChargeColumns[] {
  if (line === null) return [creditRow(invoice, description, -netMinor)];
  const own = { x_LineId: line.id, x_OriginalInvoiceId: line.original_invoice };
  const rows = pricedRows(line, invoice.period.zone);
  if (rows.length === 0) {
    if (netMinor === 0n) return [];
    const cost = fromMinor(netMinor, invoice.currency);
    const row = plainRow(invoice, { category: 'Adjustment', description, cost });
    // What a finalized invoice said is corrected; what was billed of a period that is open still, is not.
    const ChargeClass = line.kind === 'adjustment' ? 'Correction' : null;
    return [{ ...row, ...own, ...periodOf(line), ChargeClass }];
  }
  const costs = costsOf({ line, rows, netMinor, currency: invoice.currency });
  return rows.map((row, index) => ({
    ...row,
    ...own,
    ...(costs[index] ?? { BilledCost: exact(0n), EffectiveCost: exact(0n) }),
    ...{ ChargeClass: null, PricingCategory: 'Standard' },
  }));
}

/** A correction has no rows of its own days: those are in the file of the invoice that it corrects. */
function pricedRows(line: Line, zone: string): readonly UseColumns[] {
  switch (line.kind) {
    case 'adjustment':
      return [];
    case 'usage':
      return line.usage === null ? [] : useRows(line, line.usage, zone);
    case 'fee':
      return [feeRow(line, 'Fee')];
    case 'true_up':
      return [feeRow(line, 'Minimum Commitment')];
  }
}

function feeRow(line: Line, meter: string): UseColumns {
  const cost = exactOf(line.amount);
  return {
    ...NOT_PRICED,
    ...asOne({ list: cost, contracted: cost }),
    ...{ ChargeCategory: 'Purchase', ChargeFrequency: 'Recurring', ChargeDescription: line.description },
    ...{ SkuId: line.charge, SkuMeter: meter, SkuPriceId: `${line.charge}/${line.amount}` },
    ...periodOf(line),
  };
}

/**
 * What the line is billed, without tax, divided by the rows' contracted costs. In whole minor units for what is billed; exact
 * for what is effective: the line before it was rounded, so with allowance, discount and maximum taken off.
 */
function costsOf(of: {
  readonly line: Line;
  readonly rows: readonly UseColumns[];
  readonly netMinor: bigint;
  readonly currency: string;
}): readonly Costs[] {
  const { line, rows, netMinor, currency } = of;
  const weights = rows.map(({ ContractedCost }) => magnitude(roundHalfUp(ContractedCost, FOCUS_DIGITS)));
  const gross = exactOf(line.amount);
  const tax = minus(gross, fromMinor(netMinor, currency));
  const { usage } = line;
  const exactGross = usage === null ? gross : minus(exactOf(usage.amount), exactOf(usage.billed_before));
  const effective = toFocusDigits(minus(exactGross, tax));
  const billed = apportion(netMinor, weights);
  const effectiveParts = apportion(roundHalfUp(effective, FOCUS_DIGITS), weights);
  return rows.map((_, index) => ({
    BilledCost: trimmed(fromMinor(billed[index] ?? 0n, currency)),
    EffectiveCost: trimmed(exact(effectiveParts[index] ?? 0n, FOCUS_DIGITS)),
  }));
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** What is taken off, as a positive amount. */
function creditRow(invoice: CanonicalInvoice, description: string, minor: bigint): ChargeColumns {
  return plainRow(invoice, { category: 'Credit', description, cost: fromMinor(-minor, invoice.currency) });
}

/** A charge without a price: all of its costs are the same, as the standard has it. */
function plainRow(
  { period }: CanonicalInvoice,
  of: { readonly category: string; readonly description: string; readonly cost: Exact },
): ChargeColumns {
  const cost = trimmed(of.cost);
  return {
    ...NOT_PRICED,
    ...{ BilledCost: cost, ContractedCost: cost, EffectiveCost: cost, ListCost: cost },
    ...{ ChargeCategory: of.category, ChargeFrequency: 'One-Time', ChargeDescription: of.description },
    ...periodOf(period),
  };
}
