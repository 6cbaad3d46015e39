// Subscriptions: which version of which plan a customer has, and when. A change is an end and a start.

import type { AccountRecords, Customer, StoredPlan, Subscription } from '@tollgate/accounts';
import { formatTimestamp } from '@tollgate/domain';
import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { existingCustomer } from '../existing-customer.ts';
import { type CallContext, defineRoute, json, type Route } from '../route.ts';
import { idOf, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from '../schemas.ts';
import { customerInQuestion, mustBeSeen } from '../tenancy.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';
import { refuseClosedTime } from './closed-time.ts';
import { invalid, readTime } from './invalid.ts';
import { mustBeOperator } from './operator-only.ts';
import { PlanId, VersionNumber } from './plan-json.ts';
import { mustBeOpen } from './plan-routes.ts';
import { recordTermAct } from './record-term-act.ts';

const SubscriptionId = idOf('sub', 'a subscription');
const closed = { additionalProperties: false } as const;

const Version = Type.Optional({ ...VersionNumber, description: 'Of the plan. Absent: the latest one.' });

const NewSubscription = Type.Object(
  {
    customer: CustomerId,
    plan: PlanId,
    version: Version,
    start: Type.Optional({ ...Timestamp, description: 'Absent: now.' }),
    end: Type.Optional(orNull({ ...Timestamp, description: 'Exclusive. Absent or null: until it is ended.' })),
  },
  closed,
);

const Change = Type.Object(
  {
    plan: Type.Optional({ ...PlanId, description: 'Absent: the same plan.' }),
    version: Version,
    at: Type.Optional({ ...Timestamp, description: 'Absent: now.' }),
  },
  closed,
);

const End = Type.Object({ at: Type.Optional({ ...Timestamp, description: 'Absent: now.' }) }, closed);

const SubscriptionSchema = Type.Object({
  id: SubscriptionId,
  customer: CustomerId,
  plan: PlanId,
  version: VersionNumber,
  start: Timestamp,
  end: orNull(Timestamp),
  created_at: Timestamp,
});

export function subscriptionRoutes(options: BillingTermOptions): readonly Route[] {
  return [createRoute(options), ...readRoutes(), changeRoute(options), endRoute(options)];
}

function createRoute({ clock, newId }: BillingTermOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/subscriptions',
    operationId: 'createSubscription',
    tag: 'Subscriptions',
    summary: 'Subscribe a customer to a plan',
    description:
      'A customer has one subscription at a time. It may begin in the past, but not in a period whose invoice is finalized.',
    scope: 'billing:write',
    body: NewSubscription,
    success: { status: 201, schema: SubscriptionSchema },
    errors: ['customer_mismatch', 'conflict', 'invoice_immutable'],
    async handle(call) {
      mustBeOperator(call);
      const { body, records } = call;
      const nowMs = clock.now();
      const customer = await existingCustomer(records, body.customer);
      // Nobody finalizes an invoice of it meanwhile.
      await records.lockCustomer(customer.id);
      const plan = await planFor(customer, body.plan, records);
      const subscription: Subscription = {
        id: newId('sub'),
        customerId: customer.id,
        planId: plan.id,
        planVersion: await versionOf(plan, body.version, records),
        startMs: readTime(body.start) ?? nowMs,
        endMs: readTime(body.end),
        createdAtMs: nowMs,
      };
      const { endMs, startMs } = subscription;
      if (endMs !== null && endMs <= startMs) throw invalid('/end', 'must be later than the start.');
      await refuseClosedTime(records, subscription);
      await records.createSubscription(subscription);
      await recordAct(call, { action: 'subscription.created', before: null, after: subscription });
      return json(201, subscriptionJson(subscription));
    },
  });
}

function readRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/subscriptions',
      operationId: 'listSubscriptions',
      tag: 'Subscriptions',
      summary: 'List subscriptions',
      description: "The oldest first, the ended ones too. A customer's key sees its own.",
      scope: 'billing:read',
      query: Type.Object(
        { ...pageQuery, customer: Type.Optional(CustomerId), plan: Type.Optional(PlanId) },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: pageOf(SubscriptionSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.subscriptions({
          ...request,
          ...(customerId === undefined ? {} : { customerId }),
          ...(query.plan === undefined ? {} : { planId: query.plan }),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(subscriptionJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/subscriptions/{id}',
      operationId: 'getSubscription',
      tag: 'Subscriptions',
      summary: 'Get a subscription',
      scope: 'billing:read',
      success: { status: 200, schema: SubscriptionSchema },
      async handle({ caller, params, records }) {
        const found = await records.subscription(params['id'] ?? '');
        return json(200, subscriptionJson(mustBeSeen(caller, found, ({ customerId }) => customerId)));
      },
    }),
  ];
}

function changeRoute({ clock, newId }: BillingTermOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/subscriptions/{id}/change',
    operationId: 'changeSubscription',
    tag: 'Subscriptions',
    summary: 'Change a subscription to another plan or version',
    description:
      'Ends it at that time and begins another one there, which is answered; it ends when the first one would have. Each is billed for its part of the period.',
    scope: 'billing:write',
    body: Change,
    success: { status: 201, schema: SubscriptionSchema },
    errors: ['customer_mismatch', 'conflict', 'invoice_immutable'],
    async handle(call) {
      mustBeOperator(call);
      const { body, records } = call;
      const nowMs = clock.now();
      const { before, customer } = await lockedSubscription(call);
      const atMs = readTime(body.at) ?? nowMs;
      if (atMs < before.startMs || (before.endMs !== null && atMs >= before.endMs)) {
        throw invalid('/at', `must be in the time of the subscription, which is ${spanText(before)}.`);
      }
      const plan = await planFor(customer, body.plan ?? before.planId, records);
      const { customerId, endMs } = before;
      const after: Subscription = {
        ...{ id: newId('sub'), customerId, planId: plan.id, startMs: atMs, endMs, createdAtMs: nowMs },
        planVersion: await versionOf(plan, body.version, records),
      };
      await refuseClosedTime(records, after);
      await records.endSubscription(before.id, atMs);
      await recordAct(call, { action: 'subscription.ended', before, after: { ...before, endMs: atMs } });
      await records.createSubscription(after);
      await recordAct(call, { action: 'subscription.created', before: null, after });
      return json(201, subscriptionJson(after));
    },
  });
}

function endRoute({ clock }: BillingTermOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/subscriptions/{id}/end',
    operationId: 'endSubscription',
    tag: 'Subscriptions',
    summary: 'End a subscription',
    description:
      'At that time; a later call sets another end. Ended where it begins, it never held. Use after it is billed as the price book has it.',
    scope: 'billing:write',
    body: End,
    success: { status: 200, schema: SubscriptionSchema },
    errors: ['customer_mismatch', 'conflict', 'invoice_immutable'],
    async handle(call) {
      mustBeOperator(call);
      const { before } = await lockedSubscription(call);
      const { customerId, startMs } = before;
      const endMs = readTime(call.body.at) ?? clock.now();
      if (endMs < startMs) throw invalid('/at', `must not be before the start, ${formatTimestamp(startMs)}.`);
      const after = { ...before, endMs };
      if (before.endMs === endMs) return json(200, subscriptionJson(after));
      // What is between the old and the new end gets other terms.
      const [earlier, later] =
        before.endMs === null || endMs < before.endMs ? [endMs, before.endMs] : [before.endMs, endMs];
      await refuseClosedTime(call.records, { customerId, startMs: earlier, endMs: later });
      await call.records.endSubscription(before.id, endMs);
      await recordAct(call, { action: 'subscription.ended', before, after });
      return json(200, subscriptionJson(after));
    },
  });
}

/** With its customer, who is locked before: so nobody changes it, or finalizes an invoice, meanwhile. */
async function lockedSubscription(
  call: Pick<CallContext, 'caller' | 'records'> & { readonly params: Readonly<Record<string, string>> },
): Promise<{ readonly before: Subscription; readonly customer: Customer }> {
  const { caller, params, records } = call;
  const id = params['id'] ?? '';
  const { customerId } = mustBeSeen(caller, await records.subscription(id), (found) => found.customerId);
  const customer = await records.lockCustomer(customerId);
  const before = await records.subscription(id);
  if (customer === null || before === null) throw new Error(`the subscription ${id} has gone`);
  return { before, customer };
}

async function planFor(customer: Customer, planId: string, records: AccountRecords): Promise<StoredPlan> {
  // Nobody archives it before the transaction ends.
  const plan = await records.lockPlan(planId);
  if (plan === null) throw invalid('/plan', 'is no plan that exists.');
  mustBeOpen(plan);
  if (plan.currency !== customer.currency) {
    throw invalid('/plan', `is in ${plan.currency}, and the customer is billed in ${customer.currency}.`);
  }
  return plan;
}

async function versionOf(plan: StoredPlan, named: number | undefined, records: AccountRecords): Promise<number> {
  if (named === undefined) return plan.latestVersion;
  if ((await records.planVersion(plan.id, named)) === null) {
    throw invalid('/version', `is no version of the plan: there are 1 to ${plan.latestVersion}.`);
  }
  return named;
}

function spanText({ startMs, endMs }: Subscription): string {
  return `from ${formatTimestamp(startMs)} ${endMs === null ? 'on' : `to ${formatTimestamp(endMs)}`}`;
}

async function recordAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  act: { readonly action: string; readonly before: Subscription | null; readonly after: Subscription },
): Promise<void> {
  const { action, before, after } = act;
  await recordTermAct(call, {
    ...{ action, customerId: after.customerId, id: after.id },
    ...{ before: before === null ? null : subscriptionJson(before), after: subscriptionJson(after) },
  });
}

function subscriptionJson(subscription: Subscription) {
  const { id, customerId, planId, planVersion, startMs, endMs, createdAtMs } = subscription;
  return {
    ...{ id, customer: customerId, plan: planId, version: planVersion },
    start: formatTimestamp(startMs),
    end: endMs === null ? null : formatTimestamp(endMs),
    created_at: formatTimestamp(createdAtMs),
  };
}
