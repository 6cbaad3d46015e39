// Credit grants, what is left of them, and what became of each.

import type { AccountRecords, Customer, StoredGrant } from '@tollgate/accounts';
import { balancesOf, type CreditEntry, formatMinor, formatTimestamp, isUsable } from '@tollgate/domain';
import Type from 'typebox';
import { CustomerId } from '../customers.ts';
import { existingCustomer } from '../existing-customer.ts';
import { defineRoute, json, type Route } from '../route.ts';
import { pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { customerInQuestion, mustBeSeen } from '../tenancy.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';
import {
  CreditEntrySchema,
  CreditGrantSchema,
  CreditSchema,
  creditEntryJson,
  creditGrantJson,
  NewCreditGrant,
  PRIORITY_DEFAULT,
  Revocation,
} from './credit-json.ts';
import { invalid, readMinor, readTime } from './invalid.ts';
import { mustBeOperator } from './operator-only.ts';
import { recordTermAct } from './record-term-act.ts';

/** Of one customer: what is looked at for each invoice. */
const GRANTS_MAX = 10_000;

export function creditRoutes(options: BillingTermOptions): readonly Route[] {
  return [grantRoute(options), ...readRoutes(options), revokeRoute(options)];
}

function grantRoute({ clock, newId }: BillingTermOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/credit-grants',
    operationId: 'createCreditGrant',
    tag: 'Credit',
    summary: 'Grant a customer credit',
    description:
      "In the customer's currency. Invoices draw on what is in force at the end of their period: by priority, then what expires sooner, promotional before paid, the older one. It never changes; what is left of it can be revoked.",
    scope: 'billing:write',
    body: NewCreditGrant,
    success: { status: 201, schema: CreditGrantSchema },
    errors: ['customer_mismatch'],
    async handle(call) {
      mustBeOperator(call);
      const { body, records } = call;
      const customer = await existingCustomer(records, body.customer);
      await records.lockCustomer(customer.id);
      const { currency } = customer;
      const nowMs = clock.now();
      const amountMinor = readMinor({ pointer: '/amount', text: body.amount, currency });
      if (amountMinor === 0n) throw invalid('/amount', 'must be more than 0.');
      const grant: StoredGrant = {
        ...{ id: newId('crg'), customerId: customer.id, currency, kind: body.kind, amountMinor },
        priority: body.priority ?? PRIORITY_DEFAULT,
        effectiveFromMs: readTime(body.effective_from) ?? nowMs,
        expiresAtMs: readTime(body.expires_at),
        chargeIds: body.charges ?? null,
        description: body.description ?? '',
        createdAtMs: nowMs,
      };
      const { expiresAtMs, effectiveFromMs } = grant;
      if (expiresAtMs !== null && (expiresAtMs <= effectiveFromMs || expiresAtMs <= nowMs)) {
        throw invalid('/expires_at', 'must be later than now, and than `effective_from`.');
      }
      await records.createGrant(grant);
      const after = creditGrantJson(grant, grant.amountMinor);
      const act = { action: 'credit_grant.created', customerId: customer.id, id: grant.id };
      await recordTermAct(call, { ...act, before: null, after });
      return json(201, after);
    },
  });
}

function readRoutes({ clock }: BillingTermOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/credit-grants',
      operationId: 'listCreditGrants',
      tag: 'Credit',
      summary: 'List credit grants',
      description: "The oldest first, the used up ones too. A customer's key sees its own.",
      scope: 'billing:read',
      query: Type.Object({ ...pageQuery, customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(CreditGrantSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.grants({ ...request, ...(customerId === undefined ? {} : { customerId }) });
        const { rows, nextCursor } = toPage(found, limit);
        const left = await records.creditLeft(rows.map(({ id }) => id));
        return json(200, {
          data: rows.map((grant) => creditGrantJson(grant, left.get(grant.id) ?? 0n)),
          next_cursor: nextCursor,
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/credit-grants/{id}',
      operationId: 'getCreditGrant',
      tag: 'Credit',
      summary: 'Get a credit grant',
      scope: 'billing:read',
      success: { status: 200, schema: CreditGrantSchema },
      async handle({ caller, params, records }) {
        const found = await records.grant(params['id'] ?? '');
        const grant = mustBeSeen(caller, found, ({ customerId }) => customerId);
        return json(200, creditGrantJson(grant, await leftOf(grant, records)));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{id}/credit',
      operationId: 'getCustomerCredit',
      tag: 'Credit',
      summary: 'Get the credit of a customer',
      description:
        'What is left by the ledger: use that is on no invoice yet has not come off it. `balance` is of grants that are in force now.',
      scope: 'billing:read',
      success: { status: 200, schema: CreditSchema },
      async handle({ caller, params, records }) {
        const customer = mustBeSeen(caller, await records.customer(params['id'] ?? ''), ({ id }) => id);
        return json(200, await creditOf(customer, clock.now(), records));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{id}/credit/entries',
      operationId: 'listCreditEntries',
      tag: 'Credit',
      summary: "List the entries of a customer's credit",
      description: 'What was granted, applied to invoices, returned, expired and revoked, in the order of writing.',
      scope: 'billing:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(CreditEntrySchema) },
      async handle({ caller, params, query, records }) {
        const customer = mustBeSeen(caller, await records.customer(params['id'] ?? ''), ({ id }) => id);
        const entries = await records.creditEntries(customer.id);
        const from = query.cursor === undefined ? 0 : entries.findIndex(({ id }) => id === query.cursor) + 1;
        const { limit } = pageRequest(query);
        const { rows, nextCursor } = toPage(entries.slice(from), limit);
        return json(200, {
          data: rows.map((entry) => creditEntryJson(entry, customer.currency)),
          next_cursor: nextCursor,
        });
      },
    }),
  ];
}

function revokeRoute({ clock }: BillingTermOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/credit-grants/{id}/revoke',
    operationId: 'revokeCreditGrant',
    tag: 'Credit',
    summary: 'Revoke what is left of a credit grant',
    description: 'What invoices took of it stays. Once nothing is left, it changes nothing.',
    scope: 'billing:write',
    body: Revocation,
    success: { status: 200, schema: CreditGrantSchema },
    errors: ['customer_mismatch'],
    async handle(call) {
      mustBeOperator(call);
      const { caller, params, records } = call;
      const found = await records.grant(params['id'] ?? '');
      const grant = mustBeSeen(caller, found, ({ customerId }) => customerId);
      // Nobody draws on it meanwhile.
      await records.lockCustomer(grant.customerId);
      const entries = (await records.creditEntries(grant.customerId)).filter(({ grantId }) => grantId === grant.id);
      const left = balancesOf(entries).get(grant.id) ?? 0n;
      if (left > 0n) {
        await records.appendCreditEntries([revokedEntry(entries, { grantId: grant.id, left, atMs: clock.now() })]);
        await recordTermAct(call, {
          ...{ action: 'credit_grant.revoked', customerId: grant.customerId, id: grant.id },
          ...{ before: creditGrantJson(grant, left), after: creditGrantJson(grant, 0n), reason: call.body.reason },
        });
      }
      return json(200, creditGrantJson(grant, 0n));
    },
  });
}

/** What a void gave back after the first time is revoked by another entry. */
function revokedEntry(
  entries: readonly CreditEntry[],
  of: { readonly grantId: string; readonly left: bigint; readonly atMs: number },
): CreditEntry {
  const { grantId, left: amountMinor, atMs } = of;
  const times = entries.filter(({ kind }) => kind === 'revoked').length;
  return { id: `revoked:${grantId}:${times}`, grantId, kind: 'revoked', amountMinor, atMs, invoiceId: null };
}

async function leftOf({ id }: StoredGrant, records: AccountRecords): Promise<bigint> {
  return (await records.creditLeft([id])).get(id) ?? 0n;
}

async function creditOf({ id, currency }: Customer, nowMs: number, records: AccountRecords) {
  const grants = await records.grants({ customerId: id, limit: GRANTS_MAX });
  const left = await records.creditLeft(grants.map((grant) => grant.id));
  const open = grants.filter((grant) => (left.get(grant.id) ?? 0n) > 0n);
  const balance = open
    .filter((grant) => isUsable(grant, nowMs))
    .reduce((sum, grant) => sum + (left.get(grant.id) ?? 0n), 0n);
  return {
    ...{ customer: id, currency, balance: formatMinor(balance, currency), as_of: formatTimestamp(nowMs) },
    grants: open.map((grant) => creditGrantJson(grant, left.get(grant.id) ?? 0n)),
  };
}
