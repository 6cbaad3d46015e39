// Defaults: the limits that each key that is made for a customer gets as its own.

import type { LimitDefault } from '@tollgate/accounts';
import { TollgateError } from '@tollgate/domain';
import Type from 'typebox';
import { auditOf } from '../audit.ts';
import { CustomerId } from '../customers.ts';
import { existingCustomer } from '../existing-customer.ts';
import { type CallContext, defineRoute, json, NOTHING, type Route } from '../route.ts';
import { pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { customerInQuestion, mustBeSeen } from '../tenancy.ts';
import { DEFAULTS_MAX } from './give-default-limits.ts';
import { checkMayChange, setBy } from './limit-access.ts';
import { LimitDefaultSchema, limitDefaultJson, newTerms } from './limit-json.ts';
import type { LimitRoutesOptions } from './limit-routes.ts';
import { readTerms } from './limit-terms.ts';

const NewLimitDefault = Type.Object(
  { customer: Type.Optional(CustomerId), ...newTerms },
  { additionalProperties: false },
);

export function limitDefaultRoutes({ clock, newId }: Omit<LimitRoutesOptions, 'live'>): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/limit-defaults',
      operationId: 'createLimitDefault',
      tag: 'Limits',
      summary: 'Create a limit that each new key of a customer gets',
      description: `Each key that is made for the customer from now on gets a limit of its own with these terms, which can then be changed like any other. Keys that are there already get none: copy a limit to them. Up to ${DEFAULTS_MAX} for a customer. To change one, delete it and make another.`,
      scope: 'limits:write',
      body: NewLimitDefault,
      success: { status: 201, schema: LimitDefaultSchema },
      errors: ['customer_mismatch', 'conflict'],
      async handle(call) {
        const { caller, records } = call;
        const { customer: named, ...terms } = call.body;
        const customer = await existingCustomer(records, customerInQuestion(caller, named));
        const limitDefault: LimitDefault = {
          id: newId('lmd'),
          customerId: customer.id,
          ...readTerms(terms),
          setBy: setBy(caller),
          createdAtMs: clock.now(),
        };
        await checkRoom(records, customer.id);
        await records.createLimitDefault(limitDefault);
        await recordAct(call, { action: 'limit_default.created', before: null, after: limitDefault });
        return json(201, limitDefaultJson(limitDefault));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/limit-defaults',
      operationId: 'listLimitDefaults',
      tag: 'Limits',
      summary: 'List the limits that new keys get',
      description: 'The oldest first.',
      scope: 'limits:read',
      query: Type.Object({ ...pageQuery, customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(LimitDefaultSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.limitDefaults({ ...request, ...(customerId === undefined ? {} : { customerId }) });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(limitDefaultJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/limit-defaults/{id}',
      operationId: 'deleteLimitDefault',
      tag: 'Limits',
      summary: 'Delete a limit that new keys get',
      description: 'The limits that keys got by it stay.',
      scope: 'limits:write',
      success: { status: 204, schema: Type.Null() },
      async handle(call) {
        const { caller, records } = call;
        const found = await records.lockLimitDefault(call.params['id'] ?? '');
        const before = mustBeSeen(caller, found, ({ customerId }) => customerId);
        checkMayChange(caller, before);
        await records.deleteLimitDefault(before.id, clock.now());
        await recordAct(call, { action: 'limit_default.deleted', before, after: null });
        return NOTHING;
      },
    }),
  ];
}

async function checkRoom(records: CallContext['records'], customerId: string): Promise<void> {
  // Nobody else adds one meanwhile.
  await records.lockCustomer(customerId);
  const found = await records.limitDefaults({ customerId, limit: DEFAULTS_MAX });
  if (found.length < DEFAULTS_MAX) return;
  throw new TollgateError({
    code: 'conflict',
    detail: `The customer has ${DEFAULTS_MAX} defaults of limits, which is all it may have. Delete one first.`,
  });
}

async function recordAct(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  act: { readonly action: string; readonly before: LimitDefault | null; readonly after: LimitDefault | null },
): Promise<void> {
  const { action, before, after } = act;
  const about = after ?? before;
  if (about === null) throw new Error('an act on a default of limits is about one');
  await call.records.appendAudit(
    auditOf(call, {
      action,
      customerId: about.customerId,
      subject: { type: 'limit_default', id: about.id },
      before: before === null ? null : limitDefaultJson(before),
      after: after === null ? null : limitDefaultJson(after),
    }),
  );
}
