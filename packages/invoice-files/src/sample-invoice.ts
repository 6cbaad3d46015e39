// Invoices for tests, reckoned by the same functions as those of customers.

import {
  AS_PRICED,
  type CanonicalInvoice,
  type CanonicalParty,
  type Charge,
  type Coupon,
  calculateInvoice,
  canonicalCreditNote,
  canonicalInvoice,
  creditInvoice,
  exact,
  type InvoiceFacts,
  type InvoiceLine,
  leftToCredit,
  parseExact,
  type RateModel,
  ratePeriod,
  readInvoice,
  type TaxTreatment,
  type UseGroup,
} from '@tollgate/domain';
import type { CreditedInvoice } from './credited-invoice.ts';

const PERIOD = { startMs: Date.UTC(2026, 9, 1, 4), endMs: Date.UTC(2026, 10, 1, 4) };

const SELLER: CanonicalParty = {
  id: 'org_1',
  name: 'Tollgate Beispiel GmbH',
  address: ['Invalidenstraße 117', '10115 Berlin'],
  country: 'DE',
  tax_ids: [{ kind: 'eu_vat', value: 'DE123456789' }],
  email: 'billing@tollgate.example',
};

export const BUYER: CanonicalParty = {
  id: 'cus_01K',
  name: 'Acme Robotics S.A.S.',
  address: ['12 rue de la Paix', '75002 Paris'],
  country: 'FR',
  tax_ids: [{ kind: 'eu_vat', value: 'FR40303265045' }],
  email: 'ap@acme.example',
};

function decimal(text: string): ReturnType<typeof exact> {
  const parsed = parseExact(text);
  if (parsed === undefined) throw new Error(`${text} is no decimal`);
  return parsed;
}

export function groupOf(of: {
  readonly model: string;
  readonly class?: UseGroup['class'];
  readonly quantity: bigint;
  readonly price: string;
  readonly project?: string;
}): UseGroup {
  const quantity = exact(of.quantity);
  const price = decimal(of.price);
  const cost = exact(of.quantity * price.value, price.digits);
  return {
    ...{ projectId: of.project ?? null, provider: 'openai', model: of.model, serviceTier: 'standard' },
    ...{ class: of.class ?? 'input', priceIds: ['prc_1'], quantity, cost, events: 10n, unpricedEvents: 0n },
    provenance: { reported: exact(0n), counted: quantity, estimated: exact(0n) },
    days: [{ date: '2026-10-02', quantity, cost, events: 10n }],
  };
}

function chargeOf(id: string, description: string, model: RateModel, more: Partial<Charge> = {}): Charge {
  return { ...AS_PRICED, id, description, model, splitBy: [], ...more };
}

export interface Sample {
  readonly currency?: string;
  readonly facts?: Partial<InvoiceFacts>;
  readonly charges?: readonly Charge[];
  readonly fees?: readonly { readonly id: string; readonly description: string; readonly amountMinor: bigint }[];
  readonly use?: readonly UseGroup[];
  readonly adjustments?: readonly { readonly description: string; readonly amountMinor: bigint }[];
  readonly coupons?: readonly Coupon[];
  readonly tax?: TaxTreatment;
  readonly creditNoteMinor?: bigint;
  readonly creditMinor?: bigint;
}

export function sampleInvoice(of: Sample = {}): CanonicalInvoice {
  const { currency = 'EUR', charges = [], fees = [], use = [] } = of;
  const terms = { charges, fees, commitment: null };
  const rated = ratePeriod({ terms, currency, span: PERIOD, use, billed: [], commitments: 'due' });
  if (rated.kind === 'unpriced') throw new Error('some use has no price');
  const adjustments = (of.adjustments ?? []).map(
    ({ description, amountMinor }, index): InvoiceLine => ({
      ...{
        id: `adj_${index}`,
        subject: `adj_${index}`,
        kind: 'adjustment',
        chargeId: 'usage',
        description,
        amountMinor,
      },
      period: { startMs: Date.UTC(2026, 8, 1, 4), endMs: PERIOD.startMs },
      ...{ usage: null, originInvoiceId: 'inv_01JSEPTEMBER' },
    }),
  );
  const grant = { priority: 0, effectiveFromMs: 0, expiresAtMs: null, chargeIds: null, createdAtMs: 0 };
  const figures = calculateInvoice({
    ...{ currency, lines: [...rated.lines, ...adjustments], atMs: PERIOD.endMs, coupons: of.coupons ?? [] },
    tax: of.tax ?? VAT,
    creditNotes: of.creditNoteMinor === undefined ? [] : [{ id: 'crn_01K', leftMinor: of.creditNoteMinor }],
    grants: of.creditMinor === undefined ? [] : [{ id: 'crg_01K', kind: 'paid', ...grant }],
    balances: new Map([['crg_01K', of.creditMinor ?? 0n]]),
  });
  return canonicalInvoice(
    {
      ...{
        id: 'inv_01K',
        number: 'TG-2026-000042',
        issuedAtMs: Date.UTC(2026, 10, 2, 9),
        dueAtMs: Date.UTC(2026, 11, 2, 9),
      },
      ...{ period: PERIOD, zone: 'America/New_York', seller: SELLER, buyer: BUYER },
      paymentDetails: 'Beispielbank\nIBAN DE89 3704 0044 0532 0130 00\nBIC COBADEFFXXX',
      ...{ purchaseOrder: 'PO-7781', note: null, ...of.facts },
    },
    figures,
  );
}

/** All of an invoice taken back. */
export function sampleCreditNote(of: Sample = {}): CreditedInvoice {
  const invoice = sampleInvoice(of);
  const read = readInvoice(invoice);
  const credited = creditInvoice({ invoice: read, lines: leftToCredit(read, []), before: [] });
  if (credited.kind === 'refused') throw new Error('a whole invoice can be credited');
  const facts = {
    ...{ id: 'crn_01K', number: 'TG-2026-CN-000001', issuedAtMs: Date.UTC(2026, 10, 9, 9) },
    ...{ reason: 'A test that ran by mistake.', settlement: 'balance' as const, invoice },
  };
  return { note: canonicalCreditNote(facts, credited.figures), invoice };
}

const VAT: TaxTreatment = {
  kind: 'taxed',
  rates: [{ id: 'txr_1', name: 'VAT', percent: exact(19n) }],
  prices: 'added',
};

const INPUT_TIERS: RateModel = {
  kind: 'graduated',
  tiers: [
    { upTo: exact(1_000_000n), unitPrice: decimal('0.0000025'), flatFee: exact(5n) },
    { upTo: exact(10_000_000n), unitPrice: decimal('0.000002'), flatFee: exact(0n) },
    { upTo: null, unitPrice: decimal('0.0000015'), flatFee: exact(0n) },
  ],
};

/** Of everything that can stand on an invoice. */
export const FULL: Sample = {
  charges: [
    chargeOf('tiers', 'Input tokens, graduated', INPUT_TIERS, {
      ...{ classes: ['input'], modelPattern: 'gpt-4o', allowance: exact(100_000n) },
      discount: { kind: 'percent', percent: exact(10n) },
    }),
    chargeOf(
      'packs',
      'Requests, by the thousand',
      { kind: 'package', size: exact(1_000n), price: decimal('1.2') },
      {
        classes: ['requests'],
      },
    ),
    chargeOf(
      'plus',
      'Output tokens, with service',
      { kind: 'cost_plus', percent: exact(20n) },
      { classes: ['output'] },
    ),
  ],
  fees: [{ id: 'fee', description: 'Platform, monthly', amountMinor: 4_900n }],
  use: [
    groupOf({ model: 'gpt-4o', quantity: 23_456_789n, price: '0.0000025', project: 'prj_search' }),
    groupOf({ model: 'gpt-4o', quantity: 3_100_000n, price: '0.00001', class: 'output', project: 'prj_search' }),
    groupOf({ model: 'gpt-4o', quantity: 12_345n, price: '0', class: 'requests', project: 'prj_search' }),
    groupOf({ model: 'claude-sonnet-4-5', quantity: 5_000_000n, price: '0.000003', project: 'prj_chat' }),
  ],
  adjustments: [
    { description: 'Usage, o3, output', amountMinor: 312n },
    { description: 'Usage, gpt-4o, input', amountMinor: -1_150n },
  ],
  coupons: [{ id: 'cpn_1', description: 'Welcome 5 %', takes: { kind: 'percent', percent: exact(5n) } }],
  ...{ creditNoteMinor: 1_000n, creditMinor: 2_500n },
};
