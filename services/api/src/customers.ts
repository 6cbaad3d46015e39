// Customers: the parties that are billed.

import type { Customer } from '@tollgate/accounts';
import { formatTimestamp, TollgateError } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type, { type Static } from 'typebox';
import { auditOf } from './audit.ts';
import { createBodyCheck } from './decode-body.ts';
import { asJson } from './json-text.ts';
import { mergePatch } from './merge-patch.ts';
import { type Answer, type CallContext, defineRoute, json, type Route } from './route.ts';
import {
  idOf,
  Metadata,
  Name,
  orNull,
  pageOf,
  pageQuery,
  pageRequest,
  ScopeList,
  Timestamp,
  toPage,
} from './schemas.ts';
import { confinedTo, mustBeSeen } from './tenancy.ts';

export const CustomerId = idOf('cus', 'a customer');
const ExternalId = Type.String({ minLength: 1, maxLength: 200, description: 'Your own id for it; unique.' });
const Currency = Type.String({ format: 'iso-currency', description: 'ISO 4217.' });
const Zone = Type.String({ format: 'iana-zone', description: 'IANA time zone: the calendar of limits and invoices.' });

const BillingDay = Type.Integer({
  minimum: 1,
  maximum: 31,
  default: 1,
  description: 'The day of the month on which its billing period begins; in a shorter month, the last day.',
});

/** What a calendar is found by grows with each move, for every event of the customer. */
const CALENDAR_MOVES_MAX = 100;

/** Of a customer that makes them itself, where nothing else is said: nothing grows without a bound. */
const KEYS_MAX_DEFAULT = 1_000;

const KeyPolicyFields = Type.Object(
  {
    max_keys: Type.Optional(
      orNull(Type.Integer({ minimum: 0, maximum: 100_000, default: KEYS_MAX_DEFAULT, description: 'Keys at most.' })),
    ),
    allowed_scopes: Type.Optional(orNull(ScopeList)),
  },
  {
    additionalProperties: false,
    description:
      "What the customer's own keys may do with its keys: make them up to `max_keys`, and grant `allowed_scopes` (null: all that they hold). The operator is not bound by it.",
  },
);

const settings = {
  name: Name,
  external_id: Type.Optional(orNull(ExternalId)),
  metadata: Type.Optional(Metadata),
  key_policy: Type.Optional(orNull(KeyPolicyFields)),
};
const CustomerSettings = Type.Object(settings, { additionalProperties: false });
type CustomerSettings = Static<typeof CustomerSettings>;

const CustomerSchema = Type.Object({
  id: CustomerId,
  name: Name,
  external_id: orNull(ExternalId),
  currency: Currency,
  zone: Zone,
  billing_day: BillingDay,
  metadata: Metadata,
  key_policy: Type.Object({ max_keys: Type.Integer(), allowed_scopes: orNull(ScopeList) }),
  suspended_at: orNull(Timestamp),
  suspension_reason: orNull(Type.String()),
  created_at: Timestamp,
});

const NewCustomer = Type.Object(
  {
    ...settings,
    currency: Type.Optional(Currency),
    zone: Type.Optional(Zone),
    billing_day: Type.Optional(BillingDay),
  },
  { additionalProperties: false },
);
const CustomerPatch = Type.Partial(
  Type.Object({ ...settings, metadata: orNull(Metadata), zone: Zone, billing_day: BillingDay }),
  {
    additionalProperties: false,
  },
);
const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'For people, and for the audit log.' });
const Suspension = Type.Object({ reason: Reason }, { additionalProperties: false });
const Resumption = Type.Object({ reason: Type.Optional(Reason) }, { additionalProperties: false });

const checkSettings = createBodyCheck<CustomerSettings>(CustomerSettings);

export function customerRoutes(options: { readonly clock: Clock; readonly newId: IdGenerator }): readonly Route[] {
  const { clock, newId } = options;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/customers',
      operationId: 'createCustomer',
      tag: 'Customers',
      summary: 'Create a customer',
      description: "Currency and zone are the organization's where they are left out.",
      scope: 'admin',
      body: NewCustomer,
      success: { status: 201, schema: CustomerSchema },
      errors: ['conflict'],
      async handle(call) {
        const { body, records } = call;
        const { currency, zone, billing_day: billingDay, ...settings } = body;
        const organization = await records.organization();
        if (organization === null) throw new Error('the organization is made at the first start, yet there is none');
        const customer: Customer = {
          id: newId('cus'),
          ...readSettings(settings),
          currency: currency ?? organization.currency,
          zone: zone ?? organization.zone,
          billingDay: billingDay ?? 1,
          suspendedAtMs: null,
          suspensionReason: null,
          createdAtMs: clock.now(),
        };
        await records.createCustomer(customer);
        await recordAct(call, { action: 'customer.created', before: null, after: customer });
        return json(201, toJson(customer));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers',
      operationId: 'listCustomers',
      tag: 'Customers',
      summary: 'List customers',
      description: 'The oldest first. A key that belongs to a customer sees only that one.',
      scope: 'keys:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(CustomerSchema) },
      async handle({ caller, query, records }) {
        const own = confinedTo(caller);
        if (own !== null) {
          const customer = await records.customer(own);
          return json(200, { data: customer === null ? [] : [toJson(customer)], next_cursor: null });
        }
        const { limit, request } = pageRequest(query);
        const { rows, nextCursor } = toPage(await records.customers(request), limit);
        return json(200, { data: rows.map(toJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{id}',
      operationId: 'getCustomer',
      tag: 'Customers',
      summary: 'Get a customer',
      scope: 'keys:read',
      success: { status: 200, schema: CustomerSchema },
      async handle({ caller, params, records }) {
        const customer = mustBeSeen(caller, await records.customer(params['id'] ?? ''), ({ id }) => id);
        return json(200, toJson(customer));
      },
    }),
    ...changeRoutes(clock),
  ];
}

function changeRoutes(clock: Clock): readonly Route[] {
  return [
    defineRoute({
      method: 'PATCH',
      path: '/v1/customers/{id}',
      operationId: 'updateCustomer',
      tag: 'Customers',
      summary: 'Change a customer',
      description:
        'A merge patch (RFC 7396): members that are left out stay, null clears, objects are merged, lists are replaced. A new `zone` or `billing_day` counts from the end of each window and period that is under way: the first one after it is a short one, and nobody gets a second quota by moving. The currency stays what it is.',
      scope: 'admin',
      body: CustomerPatch,
      success: { status: 200, schema: CustomerSchema },
      errors: ['conflict'],
      async handle(call) {
        const before = await lockedCustomer(call);
        const { zone = before.zone, billing_day: billingDay = before.billingDay, ...changes } = call.body;
        const settings = checkSettings(mergePatch(settingsOf(before), changes));
        const after: Customer = { ...before, ...readSettings(settings), zone, billingDay };
        await moveCalendar(call, { before, after, nowMs: clock.now() });
        return await change(call, { action: 'customer.updated', before, after });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/customers/{id}/suspend',
      operationId: 'suspendCustomer',
      tag: 'Customers',
      summary: 'Suspend a customer',
      description:
        "All of its keys are refused within a second with `customer_suspended`, until it is resumed. Usage that an operator's gateway reports for it is still recorded.",
      scope: 'admin',
      body: Suspension,
      success: { status: 200, schema: CustomerSchema },
      async handle(call) {
        const before = await lockedCustomer(call);
        const { reason } = call.body;
        const suspendedAtMs = before.suspendedAtMs ?? clock.now();
        const after: Customer = { ...before, suspendedAtMs, suspensionReason: reason };
        return await change(call, { action: 'customer.suspended', before, after, reason });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/customers/{id}/resume',
      operationId: 'resumeCustomer',
      tag: 'Customers',
      summary: 'Resume a customer',
      description: 'Its keys work again within a second, except those that are disabled or expired themselves.',
      scope: 'admin',
      body: Resumption,
      success: { status: 200, schema: CustomerSchema },
      async handle(call) {
        const before = await lockedCustomer(call);
        const { reason } = call.body;
        const after: Customer = { ...before, suspendedAtMs: null, suspensionReason: null };
        const said = reason === undefined ? {} : { reason };
        return await change(call, { action: 'customer.resumed', before, after, ...said });
      },
    }),
  ];
}

type ChangeCall = Pick<CallContext, 'caller' | 'origin' | 'records'>;

async function lockedCustomer(call: ChangeCall & { readonly params: Readonly<Record<string, string>> }) {
  return mustBeSeen(call.caller, await call.records.lockCustomer(call.params['id'] ?? ''), ({ id }) => id);
}

async function moveCalendar(
  { records }: ChangeCall,
  { before, after, nowMs }: { readonly before: Customer; readonly after: Customer; readonly nowMs: number },
): Promise<void> {
  const { id, zone, billingDay } = after;
  if (zone === before.zone && billingDay === before.billingDay) return;
  const { calendar = [] } = (await records.limitReckonings([id])).get(id) ?? {};
  if (calendar.length > CALENDAR_MOVES_MAX) {
    throw new TollgateError({
      code: 'conflict',
      detail: `The customer's zone and billing day were changed ${CALENDAR_MOVES_MAX} times, and cannot be changed again.`,
    });
  }
  await records.changeCalendar(id, { fromMs: nowMs, zone, anchorDay: billingDay });
}

interface CustomerAct {
  readonly action: string;
  readonly before: Customer | null;
  readonly after: Customer;
  readonly reason?: string;
}

async function change(call: ChangeCall, act: CustomerAct): Promise<Answer> {
  await call.records.updateCustomer(act.after);
  await recordAct(call, act);
  return json(200, toJson(act.after));
}

async function recordAct(call: ChangeCall, { before, after, ...act }: CustomerAct): Promise<void> {
  await call.records.appendAudit(
    auditOf(call, {
      ...act,
      customerId: after.id,
      subject: { type: 'customer', id: after.id },
      before: before === null ? null : toJson(before),
      after: toJson(after),
    }),
  );
}

function readSettings(settings: CustomerSettings) {
  return {
    name: settings.name,
    externalId: settings.external_id ?? null,
    metadata: settings.metadata ?? {},
    keyPolicy: {
      keysMax: settings.key_policy?.max_keys ?? KEYS_MAX_DEFAULT,
      allowedScopes: settings.key_policy?.allowed_scopes ?? null,
    },
  };
}

function settingsOf({ name, externalId, metadata, keyPolicy }: Customer) {
  return {
    name,
    external_id: externalId,
    metadata: asJson(metadata),
    key_policy: { max_keys: keyPolicy.keysMax, allowed_scopes: keyPolicy.allowedScopes },
  };
}

function toJson(customer: Customer) {
  const { id, currency, zone, billingDay, suspendedAtMs, suspensionReason, createdAtMs } = customer;
  return {
    id,
    ...settingsOf(customer),
    currency,
    zone,
    billing_day: billingDay,
    suspended_at: suspendedAtMs === null ? null : formatTimestamp(suspendedAtMs),
    suspension_reason: suspensionReason,
    created_at: formatTimestamp(createdAtMs),
  };
}
