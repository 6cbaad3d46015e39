// What the demo's seller and customer have agreed on, so that the preview of an invoice looks like one: a plan with fees,
// charges and a minimum, tax, and some credit. What is there already stays as it is.

import { type DemoApi, listOf, textOf } from './call-api.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** The demo's traffic begins in the past, and all of it is to be under the plan. */
const SUBSCRIBED_DAYS = 62;
const CREDIT_DAYS = 90;

// Addresses, numbers and the account are made up, or the examples that their standards give.
const SELLER = {
  address: ['Musterstraße 1', '10115 Berlin'],
  country: 'DE',
  tax_ids: [{ kind: 'vat', value: 'DE123456789' }],
  email: 'billing@example.com',
  payment_details: 'IBAN DE89 3704 0044 0532 0130 00\nPlease name the number of the invoice.',
  number_prefix: 'INV',
  payment_term_days: 14,
};

const BUYER = {
  name: 'Demo GmbH',
  address: ['Beispielweg 2', '20095 Hamburg'],
  country: 'DE',
  tax_ids: [{ kind: 'vat', value: 'DE987654321' }],
  email: 'accounts@example.org',
  purchase_order: 'PO-2026-007',
  low_balance: '5',
};

const PICTURES = {
  slug: 'pictures',
  name: 'Pictures',
  event_type: 'images.made',
  aggregation: 'sum',
  value_path: '$.count',
};

const PLAN = {
  name: 'Team',
  fees: [{ id: 'platform', description: 'Platform fee', amount: '49' }],
  charges: [
    {
      id: 'pictures',
      description: 'Pictures, 100 free',
      classes: ['meter:pictures'],
      price_model: {
        kind: 'graduated',
        tiers: [
          { up_to: '1000', unit_price: '0.04' },
          { up_to: null, unit_price: '0.03' },
        ],
      },
      allowance: '100',
    },
    {
      id: 'models',
      description: 'Language models',
      price_model: { kind: 'cost_plus', percent: '15' },
      split_by: ['model'],
    },
  ],
  commitment: { id: 'minimum', description: 'Minimum of the month', amount: '60' },
};

export async function keepDemoTerms(
  api: DemoApi,
  of: { readonly customer: string; readonly nowMs: number },
): Promise<void> {
  const { customer, nowMs } = of;
  if ((await api.get('/v1/organization/billing')) === undefined) await api.put('/v1/organization/billing', SELLER);
  if (listOf(await api.get(`/v1/subscriptions?customer=${customer}`)).length > 0) return;
  const rate = textOf(await api.post('/v1/tax-rates', { name: 'VAT', percent: '19', country: 'DE' }), 'id');
  const tax = { kind: 'taxed', rates: [rate], prices: 'added' };
  await api.put(`/v1/customers/${customer}/billing`, { ...BUYER, tax });
  await api.post('/v1/credit-grants', {
    ...{ customer, amount: '25', kind: 'promotional', description: 'Welcome' },
    expires_at: new Date(nowMs + CREDIT_DAYS * DAY_MS).toISOString(),
  });
  if ((await api.get(`/v1/meters/${PICTURES.slug}`)) === undefined) await api.post('/v1/meters', PICTURES);
  const plan = textOf(await api.post('/v1/plans', PLAN), 'id');
  // Last, since nothing of this is made again once there is one.
  const start = new Date(nowMs - SUBSCRIBED_DAYS * DAY_MS).toISOString();
  await api.post('/v1/subscriptions', { customer, plan, start });
}
