// Stripe invoice items: for each the body of `POST /v1/invoiceitems` and the key that makes it safe to send twice. Nothing is
// left for Stripe to reckon: taxes, coupons, credit notes and credits are items of their own, and no item is taxed or
// discounted, so that the items of an invoice come to what is due.
//
// `customer` is the id that we know: Stripe's own id goes there before it is sent.

import { type CanonicalInvoice, minorDigitsOf } from '@tollgate/domain';
import { itemsOf, minorOf } from './amounts.ts';
import { documentNumbers } from './names.ts';
import { minorUnitsOf, type StripeUnit, stripeUnitOf, unitAmountOf } from './stripe-amounts.ts';

/** Of Stripe's limits the one that text can be too long for. */
const DESCRIPTION_MAX = 5_000;

interface Part {
  readonly kind: string;
  /** In the invoice. */
  readonly id: string;
  readonly description: string;
  readonly amountMinor: bigint;
  readonly line: CanonicalInvoice['lines'][number] | null;
}

/** A JSON array, an item at a time. */
export async function* writeStripe(invoices: AsyncIterable<CanonicalInvoice>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let before = '[\n';
  for await (const invoice of invoices) {
    for (const item of stripeItems(invoice)) {
      yield encoder.encode(`${before}${JSON.stringify(item)}`);
      before = ',\n';
    }
  }
  yield encoder.encode(before === '[\n' ? '[]\n' : '\n]\n');
}

function* stripeItems(invoice: CanonicalInvoice): Generator<unknown, void> {
  const unit = stripeUnitOf(invoice.currency);
  const digits = minorDigitsOf(invoice.currency);
  // What has accrued by each item, rounded to what Stripe can take: the items add up to the rounded total.
  let reachedMinor = 0n;
  for (const [index, part] of partsOf(invoice).entries()) {
    const before = minorUnitsOf(reachedMinor, digits, unit);
    reachedMinor += part.amountMinor;
    const amount = minorUnitsOf(reachedMinor, digits, unit) - before;
    yield {
      idempotency_key: `${invoice.id}-${index + 1}`,
      params: paramsOf({ invoice, part, amount, unit }),
    };
  }
}

function paramsOf(of: {
  readonly invoice: CanonicalInvoice;
  readonly part: Part;
  readonly amount: bigint;
  readonly unit: StripeUnit;
}): unknown {
  const { invoice, part, amount, unit } = of;
  const { line } = part;
  return {
    customer: invoice.buyer.id,
    currency: invoice.currency.toLowerCase(),
    ...(unitAmountOf({ line, amount, unit }) ?? { amount: Number(amount) }),
    description: part.description.slice(0, DESCRIPTION_MAX),
    period: { start: secondsOf(line?.start ?? invoice.period.start), end: secondsOf(line?.end ?? invoice.period.end) },
    discountable: false,
    tax_rates: [],
    metadata: {
      tollgate_invoice: invoice.id,
      ...(invoice.number === null ? {} : { tollgate_number: invoice.number }),
      tollgate_kind: part.kind,
      // Of a value Stripe keeps 500 characters.
      tollgate_id: part.id.slice(0, 500),
    },
  };
}

function partsOf(invoice: CanonicalInvoice): readonly Part[] {
  const items = itemsOf(invoice).map(
    ({ line, description, netMinor }, index): Part => ({
      ...{ kind: line?.kind ?? 'coupon', description, amountMinor: netMinor, line },
      id: line?.id ?? invoice.coupons[index - invoice.lines.length]?.id ?? '',
    }),
  );
  const taxes = invoice.taxes.map(
    ({ id, name, percent, amount }): Part => ({
      ...{ kind: 'tax', id, description: `${name} ${percent} %`, amountMinor: minorOf(amount), line: null },
    }),
  );
  const numberOf = documentNumbers(invoice);
  const notes = invoice.credit_notes.map(
    ({ id, amount }): Part => ({
      ...{
        kind: 'credit_note',
        id,
        description: `Credit note ${numberOf(id)}`,
        amountMinor: -minorOf(amount),
        line: null,
      },
    }),
  );
  const credits = invoice.credits.map(
    ({ id, kind, amount }): Part => ({
      ...{ kind: 'credit', id, description: `Credit, ${kind}`, amountMinor: -minorOf(amount), line: null },
    }),
  );
  return [...items, ...taxes, ...notes, ...credits];
}

function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}
