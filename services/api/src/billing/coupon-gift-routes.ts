// Coupons in the hands of customers.

import type { GivenCoupon } from '@tollgate/accounts';
import { formatTimestamp, TollgateError } from '@tollgate/domain';
import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { defineRoute, json, NOTHING, type Route } from '../route.ts';
import { idOf, orNull, Timestamp } from '../schemas.ts';
import { mustBeSeen, notFound } from '../tenancy.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';
import { invalid, readTime } from './invalid.ts';
import { mustBeOperator } from './operator-only.ts';
import { recordTermAct } from './record-term-act.ts';

/** Of one customer, those that have ended among them. */
const GIVEN_MAX = 100;

const CouponId = idOf('cpn', 'a coupon');
const GivenCouponId = idOf('cgv', 'a coupon that a customer was given');
const InvoicesMax = Type.Integer({ minimum: 1, maximum: 10_000 });

const NewGift = Type.Object(
  {
    coupon: CouponId,
    start: Type.Optional({ ...Timestamp, description: 'For invoices whose period ends from then on. Absent: now.' }),
    end: Type.Optional(orNull({ ...Timestamp, description: 'Exclusive. Absent or null: without end.' })),
    max_invoices: Type.Optional(orNull({ ...InvoicesMax, description: 'Absent or null: on all of them.' })),
  },
  { additionalProperties: false },
);

const GivenCouponSchema = Type.Object({
  id: GivenCouponId,
  customer: CustomerId,
  coupon: CouponId,
  start: Timestamp,
  end: orNull(Timestamp),
  max_invoices: orNull(InvoicesMax),
  invoices: Type.Integer({ minimum: 0, description: 'Finalized invoices that it is on.' }),
  created_at: Timestamp,
});

export function couponGiftRoutes({ clock, newId }: BillingTermOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/customers/{id}/coupons',
      operationId: 'giveCoupon',
      tag: 'Coupons',
      summary: 'Give a customer a coupon',
      description: `Several are applied in the order in which they were given. ${GIVEN_MAX} for a customer at most.`,
      scope: 'billing:write',
      body: NewGift,
      success: { status: 201, schema: GivenCouponSchema },
      errors: ['customer_mismatch', 'conflict'],
      async handle(call) {
        mustBeOperator(call);
        const { body, caller, params, records } = call;
        const customer = mustBeSeen(caller, await records.lockCustomer(params['id'] ?? ''), ({ id }) => id);
        const coupon = await records.coupon(body.coupon);
        if (coupon === null) throw invalid('/coupon', 'is no coupon that exists.');
        if (coupon.archivedAtMs !== null) throw invalid('/coupon', 'is archived.');
        if (coupon.currency !== null && coupon.currency !== customer.currency) {
          throw invalid('/coupon', `is in ${coupon.currency}, and the customer is billed in ${customer.currency}.`);
        }
        if ((await records.customerCoupons(customer.id)).length >= GIVEN_MAX) throw tooMany();
        const nowMs = clock.now();
        const given: GivenCoupon = {
          ...{ id: newId('cgv'), customerId: customer.id, couponId: coupon.id, createdAtMs: nowMs, invoicesUsed: 0 },
          startMs: readTime(body.start) ?? nowMs,
          endMs: readTime(body.end),
          invoicesMax: body.max_invoices ?? null,
        };
        if (given.endMs !== null && given.endMs <= given.startMs)
          throw invalid('/end', 'must be later than the start.');
        await records.giveCoupon(given);
        const after = givenJson(given);
        const act = { action: 'customer_coupon.given', customerId: customer.id, id: given.id };
        await recordTermAct(call, { ...act, before: null, after });
        return json(201, after);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{id}/coupons',
      operationId: 'listCustomerCoupons',
      tag: 'Coupons',
      summary: 'List the coupons of a customer',
      description: 'All of them, in the order in which they are applied.',
      scope: 'billing:read',
      success: { status: 200, schema: Type.Object({ data: Type.Array(GivenCouponSchema) }) },
      async handle({ caller, params, records }) {
        const customer = mustBeSeen(caller, await records.customer(params['id'] ?? ''), ({ id }) => id);
        return json(200, { data: (await records.customerCoupons(customer.id)).map(givenJson) });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/customers/{id}/coupons/{given}',
      operationId: 'takeCouponBack',
      tag: 'Coupons',
      summary: 'Take a coupon back',
      description: 'It is for no invoice whose period ends from now on. Invoices that are finalized keep it.',
      scope: 'billing:write',
      success: { status: 204, schema: Type.Null() },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const { params, records } = call;
        const before = await records.customerCoupon(params['given'] ?? '');
        if (before === null || before.customerId !== params['id']) throw notFound();
        await records.takeCouponBack(before.id, clock.now());
        const after = await records.customerCoupon(before.id);
        await recordTermAct(call, {
          ...{ action: 'customer_coupon.taken_back', customerId: before.customerId, id: before.id },
          ...{ before: givenJson(before), after: after === null ? null : givenJson(after) },
        });
        return NOTHING;
      },
    }),
  ];
}

function tooMany(): TollgateError {
  return new TollgateError({
    code: 'conflict',
    detail: `The customer was given ${GIVEN_MAX} coupons, which is all it may have.`,
  });
}

function givenJson(given: GivenCoupon) {
  const { id, customerId, couponId, startMs, endMs, invoicesMax, invoicesUsed, createdAtMs } = given;
  return {
    ...{ id, customer: customerId, coupon: couponId },
    start: formatTimestamp(startMs),
    end: endMs === null ? null : formatTimestamp(endMs),
    max_invoices: invoicesMax,
    invoices: invoicesUsed,
    created_at: formatTimestamp(createdAtMs),
  };
}
