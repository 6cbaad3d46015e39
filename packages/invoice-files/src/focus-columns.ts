// The columns of a FOCUS 1.2 cost and usage export that we have something to say in, in the order of the file: the standard's
// first, then our own with their prefix (https://focus.finops.org/focus-specification/v1-2/).

import type { Exact } from '@tollgate/domain';

interface ColumnTypes {
  readonly text: string;
  readonly decimal: Exact;
  /** Milliseconds since the epoch; files have whole seconds. */
  readonly time: number;
}

const text = { type: 'text', isNullable: false } as const;
const decimal = { type: 'decimal', isNullable: false } as const;
const time = { type: 'time', isNullable: false } as const;
const optionalText = { type: 'text', isNullable: true } as const;
const optionalDecimal = { type: 'decimal', isNullable: true } as const;

export const FOCUS_COLUMNS = {
  BilledCost: decimal,
  BillingAccountId: text,
  BillingAccountName: text,
  BillingCurrency: text,
  BillingPeriodEnd: time,
  BillingPeriodStart: time,
  ChargeCategory: text,
  ChargeClass: optionalText,
  ChargeDescription: text,
  ChargeFrequency: text,
  ChargePeriodEnd: time,
  ChargePeriodStart: time,
  ConsumedQuantity: optionalDecimal,
  ConsumedUnit: optionalText,
  ContractedCost: decimal,
  ContractedUnitPrice: optionalDecimal,
  EffectiveCost: decimal,
  InvoiceId: text,
  InvoiceIssuerName: text,
  ListCost: decimal,
  ListUnitPrice: optionalDecimal,
  PricingCategory: optionalText,
  PricingQuantity: optionalDecimal,
  PricingUnit: optionalText,
  ProviderName: text,
  PublisherName: text,
  ServiceCategory: text,
  ServiceName: text,
  ServiceSubcategory: text,
  SkuId: optionalText,
  SkuMeter: optionalText,
  SkuPriceDetails: optionalText,
  SkuPriceId: optionalText,
  SubAccountId: optionalText,
  SubAccountName: optionalText,
  x_InvoiceNumber: optionalText,
  x_LineId: optionalText,
  x_ModelName: optionalText,
  x_ModelProvider: optionalText,
  x_OriginalInvoiceId: optionalText,
} as const;

type Columns = typeof FOCUS_COLUMNS;
export type FocusColumnName = keyof Columns;

export type FocusRow = {
  readonly [Name in FocusColumnName]:
    | ColumnTypes[Columns[Name]['type']]
    | (Columns[Name]['isNullable'] extends true ? null : never);
};

/** Costs and unit prices have no more digits after the point: the least that `DECIMAL(38, 18)` holds. */
export const FOCUS_DIGITS = 18;

/** Seconds and `Z`, which the standard asks for. */
export function focusTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, -'.000Z'.length)}Z`;
}
