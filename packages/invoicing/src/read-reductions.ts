// What comes off an invoice after its lines, or on top of them: coupons, tax, credit notes and credit.

import type { BuyerTerms, StoredCoupon, StoredGrant, TaxTerms } from '@tollgate/accounts';
import { balancesOf, type InvoiceToCalculate, type TaxTreatment, type TimeSpan } from '@tollgate/domain';
import type { Records } from './parts.ts';

const GRANTS_PAGE = 500;

export type Reductions = Pick<InvoiceToCalculate, 'coupons' | 'tax' | 'creditNotes' | 'grants' | 'balances'> & {
  readonly taxTerms: TaxTerms;
};

export async function readReductions(
  records: Records,
  of: {
    readonly customerId: string;
    readonly currency: string;
    readonly period: TimeSpan;
    readonly buyerTerms: BuyerTerms | null;
  },
): Promise<Reductions> {
  const { customerId, currency, buyerTerms } = of;
  const taxTerms = buyerTerms?.tax ?? { kind: 'none' };
  const grants = await grantsOf(records, customerId);
  return {
    coupons: await couponsOf(records, of),
    taxTerms,
    tax: await readTax(records, taxTerms),
    creditNotes: await records.openCreditNotes(customerId),
    grants: grants.filter((grant) => grant.currency === currency),
    balances: balancesOf(await records.creditEntries(customerId)),
  };
}

export async function readTax(records: Pick<Records, 'taxRatesById'>, terms: TaxTerms): Promise<TaxTreatment> {
  if (terms.kind !== 'taxed') return terms;
  const known = new Map((await records.taxRatesById(terms.rateIds)).map((rate) => [rate.id, rate]));
  const rates = terms.rateIds.map((id) => {
    const rate = known.get(id);
    if (rate === undefined) throw new Error(`there is no tax rate ${id}`);
    return { id, name: rate.name, percent: rate.percent };
  });
  return { kind: 'taxed', rates, prices: terms.prices };
}

async function grantsOf(records: Pick<Records, 'grants'>, customerId: string): Promise<readonly StoredGrant[]> {
  const all: StoredGrant[] = [];
  for (;;) {
    const last = all.at(-1)?.id;
    const page = await records.grants({
      customerId,
      limit: GRANTS_PAGE,
      ...(last === undefined ? {} : { after: last }),
    });
    all.push(...page);
    if (page.length < GRANTS_PAGE) return all;
  }
}

/** Those that hold at the end of the period, in the order in which they were given. */
async function couponsOf(
  records: Records,
  {
    customerId,
    currency,
    period,
  }: { readonly customerId: string; readonly currency: string; readonly period: TimeSpan },
): Promise<readonly StoredCoupon[]> {
  const given = (await records.customerCoupons(customerId))
    .filter(({ startMs, endMs }) => startMs <= period.endMs && (endMs === null || period.endMs < endMs))
    .toSorted((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
  const coupons: StoredCoupon[] = [];
  for (const each of given) {
    const coupon = await records.coupon(each.couponId);
    if (coupon === null) throw new Error(`there is no coupon ${each.couponId}`);
    if (coupon.currency !== null && coupon.currency !== currency) continue;
    if (each.invoicesMax === null || each.invoicesUsed < each.invoicesMax) coupons.push(coupon);
  }
  return coupons;
}
