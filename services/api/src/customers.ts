// Customers: the parties that are billed.

import type { Customer } from '@tollgate/accounts';
import { formatTimestamp } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from './audit.ts';
import { asJson } from './json-text.ts';
import { defineRoute, json, type Route } from './route.ts';
import { idOf, Metadata, Name, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from './schemas.ts';
import { confinedTo, mustBeSeen } from './tenancy.ts';

export const CustomerId = idOf('cus', 'a customer');
const ExternalId = Type.String({ minLength: 1, maxLength: 200, description: 'Your own id for it; unique.' });
const Currency = Type.String({ format: 'iso-currency', description: 'ISO 4217.' });
const Zone = Type.String({ format: 'iana-zone', description: 'IANA time zone: the calendar of limits and invoices.' });

/** Of a customer that makes them itself, where nothing else is said: nothing grows without a bound. */
const KEYS_MAX_DEFAULT = 1_000;

const CustomerSchema = Type.Object({
  id: CustomerId,
  name: Name,
  external_id: orNull(ExternalId),
  currency: Currency,
  zone: Zone,
  metadata: Metadata,
  created_at: Timestamp,
});

const NewCustomer = Type.Object(
  {
    name: Name,
    external_id: Type.Optional(orNull(ExternalId)),
    currency: Type.Optional(Currency),
    zone: Type.Optional(Zone),
    metadata: Type.Optional(Metadata),
  },
  { additionalProperties: false },
);

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
        const organization = await records.organization();
        if (organization === null) throw new Error('the organization is made at the first start, yet there is none');
        const customer: Customer = {
          id: newId('cus'),
          name: body.name,
          externalId: body.external_id ?? null,
          currency: body.currency ?? organization.currency,
          zone: body.zone ?? organization.zone,
          metadata: body.metadata ?? {},
          suspendedAtMs: null,
          suspensionReason: null,
          keyPolicy: { keysMax: KEYS_MAX_DEFAULT, allowedScopes: null },
          createdAtMs: clock.now(),
        };
        await records.createCustomer(customer);
        const after = toJson(customer);
        const subject = { type: 'customer', id: customer.id };
        await records.appendAudit(
          auditOf(call, { action: 'customer.created', customerId: customer.id, subject, before: null, after }),
        );
        return json(201, after);
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
  ];
}

function toJson({ id, name, externalId, currency, zone, metadata, createdAtMs }: Customer) {
  return {
    id,
    name,
    external_id: externalId,
    currency,
    zone,
    metadata: asJson(metadata),
    created_at: formatTimestamp(createdAtMs),
  };
}
