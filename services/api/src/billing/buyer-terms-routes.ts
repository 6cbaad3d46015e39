// What invoices say of a customer, how it is taxed, and whether it pays ahead.

import type { AccountRecords, BuyerTerms, Customer, TaxTerms } from '@tollgate/accounts';
import { type FieldError, formatMinor, REVERSE_CHARGE_TEXT } from '@tollgate/domain';
import Type, { type Static } from 'typebox';
import { CustomerId } from '../customers.ts';
import { defineRoute, json, type Route } from '../route.ts';
import { Decimal, orNull } from '../schemas.ts';
import { mustBeSeen } from '../tenancy.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';
import { readMinor, refuseInvalid } from './invalid.ts';
import { keepPrepaidLimit } from './keep-prepaid-limit.ts';
import { mustBeOperator } from './operator-only.ts';
import { partyFields, partyJson, partyShown, readParty } from './party-json.ts';
import { recordTermAct } from './record-term-act.ts';
import { PaymentTermDays } from './seller-terms-routes.ts';
import { TaxRateId } from './tax-rate-routes.ts';

const RATES_MAX = 5;
const closed = { additionalProperties: false } as const;

const TaxText = Type.String({ minLength: 1, maxLength: 500, description: 'What the invoice says of it.' });
const Rates = Type.Array(TaxRateId, { minItems: 1, maxItems: RATES_MAX, uniqueItems: true });
const Prices = Type.Union([Type.Literal('included'), Type.Literal('added')], {
  description: 'Whether the lines hold the tax already or it comes on top.',
});
const taxed = Type.Object({ kind: Type.Literal('taxed'), rates: Rates, prices: Prices }, closed);
const exempt = Type.Object({ kind: Type.Literal('exempt'), text: TaxText }, closed);
const none = Type.Object({ kind: Type.Literal('none') }, closed);
const reverseCharge = { kind: Type.Literal('reverse_charge') };
const Tax = Type.Union([taxed, Type.Object({ ...reverseCharge, text: Type.Optional(TaxText) }, closed), exempt, none], {
  description:
    '`taxed` by rates; `reverse_charge`: the customer accounts for it, and the invoice says so; `exempt`, and why; `none`.',
});
const TaxShown = Type.Union([taxed, Type.Object({ ...reverseCharge, text: TaxText }, closed), exempt, none]);
const PurchaseOrder = Type.String({ minLength: 1, maxLength: 100 });
const PrepaidOnly = Type.Boolean({
  description:
    'Requests are admitted only as far as its credit goes: a `cost` limit over its lifetime is kept at what was granted. What is used of it counts as the price book has it.',
});
const LowBalance = Type.String({
  maxLength: 40,
  description: '`credit.low` is told once when its credit falls below it.',
});

const NewBuyerTerms = Type.Object(
  {
    ...partyFields,
    purchase_order: Type.Optional(orNull(PurchaseOrder)),
    payment_term_days: Type.Optional(orNull(PaymentTermDays)),
    tax: Type.Optional(Tax),
    prepaid_only: Type.Optional(PrepaidOnly),
    low_balance: Type.Optional(orNull(LowBalance)),
  },
  closed,
);

const BuyerTermsSchema = Type.Object({
  customer: CustomerId,
  ...partyShown,
  purchase_order: orNull(PurchaseOrder),
  payment_term_days: orNull(PaymentTermDays),
  tax: TaxShown,
  prepaid_only: PrepaidOnly,
  low_balance: orNull(Decimal),
});

export function buyerTermsRoutes(options: BillingTermOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{id}/billing',
      operationId: 'getBuyerTerms',
      tag: 'Customers',
      summary: 'Get how a customer is billed',
      description: "Where nothing was said: its name, no tax, and the organization's terms.",
      scope: 'billing:read',
      success: { status: 200, schema: BuyerTermsSchema },
      async handle({ caller, params, records }) {
        const customer = mustBeSeen(caller, await records.customer(params['id'] ?? ''), ({ id }) => id);
        return json(200, buyerTermsJson(await buyerTermsOf(customer, records), customer));
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/v1/customers/{id}/billing',
      operationId: 'setBuyerTerms',
      tag: 'Customers',
      summary: 'Say how a customer is billed',
      description:
        "Takes the place of all that was said before. The name is the customer's where it is left out. Invoices that are finalized stay as they are.",
      scope: 'billing:write',
      body: NewBuyerTerms,
      success: { status: 200, schema: BuyerTermsSchema },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const { caller, records } = call;
        const customer = mustBeSeen(caller, await records.lockCustomer(call.params['id'] ?? ''), ({ id }) => id);
        const before = await buyerTermsOf(customer, records);
        const after = readBuyerTerms(call.body, customer);
        refuseInvalid(await flawsOfTax(after.tax, before.tax, records));
        await keepPrepaidLimit(call, { customer, terms: after, ...options });
        await records.saveBuyerTerms(after);
        await recordTermAct(call, {
          ...{ action: 'buyer_terms.set', customerId: customer.id, id: customer.id },
          ...{ before: buyerTermsJson(before, customer), after: buyerTermsJson(after, customer) },
        });
        return json(200, buyerTermsJson(after, customer));
      },
    }),
  ];
}

async function buyerTermsOf(customer: Customer, records: AccountRecords): Promise<BuyerTerms> {
  return (await records.buyerTerms(customer.id)) ?? readBuyerTerms({}, customer);
}

function readBuyerTerms(body: Static<typeof NewBuyerTerms>, customer: Customer): BuyerTerms {
  const { currency } = customer;
  const lowBalance = body.low_balance ?? null;
  return {
    customerId: customer.id,
    party: readParty(body, customer.name),
    purchaseOrder: body.purchase_order ?? null,
    paymentTermDays: body.payment_term_days ?? null,
    tax: readTax(body.tax ?? { kind: 'none' }),
    isPrepaidOnly: body.prepaid_only ?? false,
    lowBalanceMinor: lowBalance === null ? null : readMinor({ pointer: '/low_balance', text: lowBalance, currency }),
  };
}

function readTax(tax: Static<typeof Tax>): TaxTerms {
  switch (tax.kind) {
    case 'taxed':
      return { kind: 'taxed', rateIds: tax.rates, prices: tax.prices };
    case 'reverse_charge':
      return { kind: tax.kind, text: tax.text ?? REVERSE_CHARGE_TEXT };
    case 'exempt':
      return { kind: tax.kind, text: tax.text };
    case 'none':
      return { kind: 'none' };
  }
}

/** A rate that was archived meanwhile stays with whom has it. */
async function flawsOfTax(tax: TaxTerms, before: TaxTerms, records: AccountRecords): Promise<readonly FieldError[]> {
  if (tax.kind !== 'taxed') return [];
  const rates = new Map((await records.taxRatesById(tax.rateIds)).map((rate) => [rate.id, rate]));
  const kept = before.kind === 'taxed' ? before.rateIds : [];
  return tax.rateIds.flatMap((id, index) => {
    const rate = rates.get(id);
    const pointer = `/tax/rates/${index}`;
    if (rate === undefined) return [{ pointer, detail: 'is no tax rate that exists.' }];
    if (rate.archivedAtMs !== null && !kept.includes(id)) return [{ pointer, detail: 'is archived.' }];
    return [];
  });
}

function buyerTermsJson(terms: BuyerTerms, { currency }: Customer) {
  const { lowBalanceMinor } = terms;
  return {
    customer: terms.customerId,
    ...partyJson(terms.party),
    purchase_order: terms.purchaseOrder,
    payment_term_days: terms.paymentTermDays,
    tax: taxJson(terms.tax),
    prepaid_only: terms.isPrepaidOnly,
    low_balance: lowBalanceMinor === null ? null : formatMinor(lowBalanceMinor, currency),
  };
}

function taxJson(tax: TaxTerms) {
  return tax.kind === 'taxed' ? { kind: tax.kind, rates: [...tax.rateIds], prices: tax.prices } : { ...tax };
}
