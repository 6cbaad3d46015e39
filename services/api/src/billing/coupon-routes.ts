// Coupons, and which customer has which.

import type { StoredCoupon } from '@tollgate/accounts';
import {
  compare,
  exact,
  exactText,
  formatMinor,
  formatTimestamp,
  isCurrency,
  parseExact,
  ZERO,
} from '@tollgate/domain';
import Type, { type Static } from 'typebox';
import { defineRoute, json, NOTHING, type Route } from '../route.ts';
import { Decimal, idOf, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from '../schemas.ts';
import { notFound } from '../tenancy.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';
import { couponGiftRoutes } from './coupon-gift-routes.ts';
import { invalid, readMinor } from './invalid.ts';
import { mustBeOperator } from './operator-only.ts';
import { recordTermAct } from './record-term-act.ts';

const CouponId = idOf('cpn', 'a coupon');
const closed = { additionalProperties: false } as const;
const Currency = Type.String({ format: 'iso-currency' });
const Description = Type.String({ minLength: 1, maxLength: 500, description: 'What the invoice calls it.' });
const Text = Type.String({ maxLength: 40, description: 'Decimal text.' });

const NewCoupon = Type.Object(
  {
    description: Description,
    percent: Type.Optional({ ...Text, description: 'Hundredths of the lines, exact. Either this or `amount`.' }),
    amount: Type.Optional({ ...Text, description: 'Of money, off each invoice. Either this or `percent`.' }),
    currency: Type.Optional({ ...Currency, description: "Of the amount. Absent: the organization's." }),
  },
  closed,
);

const CouponSchema = Type.Object({
  id: CouponId,
  description: Description,
  percent: orNull(Decimal),
  amount: orNull(Decimal),
  currency: orNull(Currency),
  archived_at: orNull(Timestamp),
  created_at: Timestamp,
});

export function couponRoutes(options: BillingTermOptions): readonly Route[] {
  const { clock, newId } = options;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/coupons',
      operationId: 'createCoupon',
      tag: 'Coupons',
      summary: 'Create a coupon',
      description:
        'It takes something off the lines of an invoice together, before tax, and never more than there is. It never changes; give it to customers.',
      scope: 'billing:write',
      body: NewCoupon,
      success: { status: 201, schema: CouponSchema },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const organization = await call.records.organization();
        const taken = readCoupon(call.body, organization?.currency ?? '');
        const { description } = call.body;
        const coupon = { id: newId('cpn'), description, ...taken, archivedAtMs: null, createdAtMs: clock.now() };
        await call.records.createCoupon(coupon);
        const after = couponJson(coupon);
        await recordTermAct(call, { action: 'coupon.created', customerId: null, id: coupon.id, before: null, after });
        return json(201, after);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/coupons',
      operationId: 'listCoupons',
      tag: 'Coupons',
      summary: 'List coupons',
      description: 'The oldest first, the archived ones too. For the operator alone.',
      scope: 'billing:read',
      query: Type.Object(pageQuery, closed),
      success: { status: 200, schema: pageOf(CouponSchema) },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const { limit, request } = pageRequest(call.query);
        const { rows, nextCursor } = toPage(await call.records.coupons(request), limit);
        return json(200, { data: rows.map(couponJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/coupons/{id}',
      operationId: 'archiveCoupon',
      tag: 'Coupons',
      summary: 'Archive a coupon',
      description: 'It is given to nobody any more; who has it keeps it.',
      scope: 'billing:write',
      success: { status: 204, schema: Type.Null() },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const coupon = await call.records.coupon(call.params['id'] ?? '');
        if (coupon === null) throw notFound();
        if (coupon.archivedAtMs !== null) return NOTHING;
        const archivedAtMs = clock.now();
        await call.records.archiveCoupon(coupon.id, archivedAtMs);
        await recordTermAct(call, {
          ...{ action: 'coupon.archived', customerId: null, id: coupon.id },
          ...{ before: couponJson(coupon), after: couponJson({ ...coupon, archivedAtMs }) },
        });
        return NOTHING;
      },
    }),
    ...couponGiftRoutes(options),
  ];
}

function readCoupon(body: Static<typeof NewCoupon>, ownCurrency: string): Pick<StoredCoupon, 'takes' | 'currency'> {
  if ((body.percent === undefined) === (body.amount === undefined)) {
    throw invalid('', 'A coupon takes either `percent` or `amount` off.');
  }
  if (body.percent !== undefined) {
    const percent = parseExact(body.percent);
    if (percent === undefined || compare(percent, ZERO) <= 0 || compare(percent, exact(100n)) > 0) {
      throw invalid('/percent', 'must be more than 0, and 100 at most.');
    }
    return { takes: { kind: 'percent', percent }, currency: null };
  }
  const currency = body.currency ?? ownCurrency;
  if (!isCurrency(currency)) throw invalid('/currency', 'must be a currency of ISO 4217.');
  const amountMinor = readMinor({ pointer: '/amount', text: body.amount ?? '', currency });
  if (amountMinor === 0n) throw invalid('/amount', 'must be more than 0.');
  return { takes: { kind: 'amount', amountMinor }, currency };
}

function couponJson({ id, description, takes, currency, archivedAtMs, createdAtMs }: StoredCoupon) {
  return {
    ...{ id, description },
    percent: takes.kind === 'percent' ? exactText(takes.percent) : null,
    amount: takes.kind === 'amount' && currency !== null ? formatMinor(takes.amountMinor, currency) : null,
    currency,
    archived_at: archivedAtMs === null ? null : formatTimestamp(archivedAtMs),
    created_at: formatTimestamp(createdAtMs),
  };
}
