// The rows of what invoices say of the seller and of each buyer.

import type { BillingTermRecords, BuyerTerms, PartyDetails, SellerTerms, TaxTerms } from './billing-terms.ts';
import { followCredit } from './follow-credit.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

interface SellerRow {
  readonly party: PartyDetails;
  readonly payment_details: string | null;
  readonly number_prefix: string;
  readonly payment_term_days: number;
  readonly grace_ms: string | null;
  readonly xero_account: string;
}

interface BuyerRow {
  readonly customer_id: string;
  readonly party: PartyDetails;
  readonly purchase_order: string | null;
  readonly payment_term_days: number | null;
  readonly tax_kind: TaxTerms['kind'];
  readonly tax_rate_ids: readonly string[] | null;
  readonly tax_prices: 'included' | 'added' | null;
  readonly tax_text: string | null;
  readonly is_prepaid_only: boolean;
  readonly low_balance_minor: string | null;
}

const SAVE_SELLER = `
  INSERT INTO seller_terms (party, payment_details, number_prefix, payment_term_days, grace_ms, xero_account)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (is_only) DO UPDATE SET party = EXCLUDED.party, payment_details = EXCLUDED.payment_details,
    number_prefix = EXCLUDED.number_prefix, payment_term_days = EXCLUDED.payment_term_days, grace_ms = EXCLUDED.grace_ms,
    xero_account = EXCLUDED.xero_account`;

const SAVE_BUYER = `
  INSERT INTO buyer_terms (customer_id, party, purchase_order, payment_term_days, tax_kind, tax_rate_ids, tax_prices,
    tax_text, is_prepaid_only, low_balance_minor)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (customer_id) DO UPDATE SET party = EXCLUDED.party, purchase_order = EXCLUDED.purchase_order,
    payment_term_days = EXCLUDED.payment_term_days, tax_kind = EXCLUDED.tax_kind, tax_rate_ids = EXCLUDED.tax_rate_ids,
    tax_prices = EXCLUDED.tax_prices, tax_text = EXCLUDED.tax_text, is_prepaid_only = EXCLUDED.is_prepaid_only,
    low_balance_minor = EXCLUDED.low_balance_minor`;

type BillingPartyRecords = Pick<
  BillingTermRecords,
  | 'sellerTerms'
  | 'saveSellerTerms'
  | 'buyerTerms'
  | 'saveBuyerTerms'
  | 'prepaidLimit'
  | 'bindPrepaidLimit'
  | 'releasePrepaidLimit'
>;

export function billingPartyRecords(query: Query): BillingPartyRecords {
  return {
    async sellerTerms() {
      const [row] = await query<SellerRow>('SELECT * FROM seller_terms');
      return row === undefined ? null : toSeller(row);
    },
    async saveSellerTerms({ party, paymentDetails, numberPrefix, paymentTermDays, graceMs, xeroAccount }) {
      const values = [JSON.stringify(party), paymentDetails, numberPrefix, paymentTermDays, graceMs, xeroAccount];
      await query(SAVE_SELLER, values);
    },
    async buyerTerms(customerId) {
      const [row] = await query<BuyerRow>('SELECT * FROM buyer_terms WHERE customer_id = $1', [customerId]);
      return row === undefined ? null : toBuyer(row);
    },
    async saveBuyerTerms(terms) {
      const { customerId, party, purchaseOrder, paymentTermDays, tax, isPrepaidOnly, lowBalanceMinor } = terms;
      const values = [
        ...[customerId, JSON.stringify(party), purchaseOrder, paymentTermDays, tax.kind],
        ...taxValues(tax),
        ...[isPrepaidOnly, lowBalanceMinor?.toString() ?? null],
      ];
      await query(SAVE_BUYER, values);
      await followCredit(query, { customerId, atMs: 0, isAskedFirst: true });
    },
    async prepaidLimit(customerId) {
      const [row] = await query<{ limit_id: string; since_at: Date }>(
        'SELECT limit_id, since_at FROM prepaid_limits WHERE customer_id = $1',
        [customerId],
      );
      return row === undefined ? null : { customerId, limitId: row.limit_id, sinceMs: row.since_at.getTime() };
    },
    async bindPrepaidLimit({ customerId, limitId, sinceMs }) {
      const values = [customerId, limitId, toTime(sinceMs)];
      await query('INSERT INTO prepaid_limits (customer_id, limit_id, since_at) VALUES ($1, $2, $3)', values);
      await followCredit(query, { customerId, atMs: 0, isAskedFirst: true });
    },
    async releasePrepaidLimit(customerId) {
      await query('DELETE FROM prepaid_limits WHERE customer_id = $1', [customerId]);
    },
  };
}

function taxValues(tax: TaxTerms): readonly unknown[] {
  switch (tax.kind) {
    case 'taxed':
      return [tax.rateIds, tax.prices, null];
    case 'reverse_charge':
    case 'exempt':
      return [null, null, tax.text];
    case 'none':
      return [null, null, null];
  }
}

function toSeller(row: SellerRow): SellerTerms {
  return {
    party: row.party,
    paymentDetails: row.payment_details,
    numberPrefix: row.number_prefix,
    paymentTermDays: row.payment_term_days,
    graceMs: row.grace_ms === null ? null : Number(row.grace_ms),
    xeroAccount: row.xero_account,
  };
}

function toBuyer(row: BuyerRow): BuyerTerms {
  return {
    customerId: row.customer_id,
    party: row.party,
    purchaseOrder: row.purchase_order,
    paymentTermDays: row.payment_term_days,
    tax: toTax(row),
    isPrepaidOnly: row.is_prepaid_only,
    lowBalanceMinor: row.low_balance_minor === null ? null : BigInt(row.low_balance_minor),
  };
}

function toTax(row: BuyerRow): TaxTerms {
  switch (row.tax_kind) {
    case 'taxed':
      return { kind: 'taxed', rateIds: row.tax_rate_ids ?? [], prices: row.tax_prices ?? 'added' };
    case 'reverse_charge':
    case 'exempt':
      return { kind: row.tax_kind, text: row.tax_text ?? '' };
    case 'none':
      return { kind: 'none' };
  }
}
