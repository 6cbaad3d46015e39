// Rules that the list leaves to people and a query can judge, each as the rows that break it; and rules whose machine form
// says something else than their text, which are checked by their text.

const CREDIT_IS = (cost: string): string => `"ChargeCategory" = 'Credit' AND "${cost}" <> "BilledCost"`;

/** Conditions on rows of `focus` that break the rule. */
export const JUDGED: Readonly<Record<string, string>> = {
  'ChargePeriodStart-C-004-M': '"ChargePeriodStart" >= "ChargePeriodEnd"',
  'BillingPeriodStart-C-004-M': '"BillingPeriodStart" >= "BillingPeriodEnd"',
  'ChargeClass-C-003-C': `"ChargeClass" IS NOT NULL AND "x_OriginalInvoiceId" IS NULL`,
  'ChargeClass-C-004-C': `"ChargeClass" IS NULL AND "x_OriginalInvoiceId" IS NOT NULL`,
  'ContractedCost-C-008-C': CREDIT_IS('ContractedCost'),
  'EffectiveCost-C-010-C': CREDIT_IS('EffectiveCost'),
  'ListCost-C-008-C': CREDIT_IS('ListCost'),
  'StringHandling-A-007-M': ['BillingAccountId', 'BillingAccountName', 'InvoiceIssuerName', 'ServiceName', 'InvoiceId']
    .map((name) => `trim("${name}") = ''`)
    .join(' OR '),
};

export interface Deviation {
  readonly why: string;
  /** Rows of `focus` that break the rule by its text. */
  readonly broken: string;
}

export const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  'ConsumedQuantity-C-006-C': {
    why: 'its text is about charges that are no correction, its condition about those that are',
    broken: `"ChargeCategory" = 'Usage' AND "ChargeClass" IS DISTINCT FROM 'Correction' AND "ConsumedQuantity" IS NULL`,
  },
  'EffectiveCost-C-005-C': {
    why: 'its text is about purchases for the future, its condition about all; ours are for the period that they are in',
    broken: `"ChargeCategory" = 'Purchase' AND "ChargePeriodStart" >= "BillingPeriodEnd" AND "EffectiveCost" <> 0`,
  },
};
