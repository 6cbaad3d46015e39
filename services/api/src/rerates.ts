// Re-rates: what past usage would cost by the prices that are known now, shown first and then applied as an act of its own.

import type { Rerate, RerateFilter, RerateState } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import Type, { type Static } from 'typebox';
import { auditOf } from './audit.ts';
import { periodOf } from './period.ts';
import { RerateSchema, RerateWithReport, reportJson, rerateJson } from './rerate-json.ts';
import { type CallContext, defineRoute, json, type Route } from './route.ts';
import { pageOf, pageQuery, pageRequest, Timestamp, toPage } from './schemas.ts';
import { confinedTo, notFound } from './tenancy.ts';

const REPORT_LINES_MAX = 1_000;

const Values = Type.Array(Type.String({ maxLength: 512 }), { minItems: 1, maxItems: 100 });
const values = Type.Optional(
  Type.Union([Type.String({ maxLength: 512 }), Values], {
    description: 'Only events with this value, or any of these.',
  }),
);

const Filter = Type.Object(
  {
    customer: values,
    project: values,
    key: values,
    provider: values,
    model: values,
    type: values,
    service_tier: values,
    unpriced_only: Type.Optional(Type.Boolean({ description: 'Only events without a cost.' })),
  },
  { additionalProperties: false },
);

const NewRerate = Type.Object(
  {
    start: Timestamp,
    end: Timestamp,
    filter: Type.Optional(Filter),
    dry_run: Type.Optional(
      Type.Boolean({ default: true, description: 'False: what it finds is applied without another word.' }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'For the audit log.' }),
  },
  { additionalProperties: false },
);

interface RerateRoutesOptions {
  readonly warehouse: Pick<Warehouse, 'rerateReport'>;
  readonly clock: Clock;
  readonly newId: IdGenerator;
}

export function rerateRoutes({ warehouse, clock, newId }: RerateRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/rerates',
      operationId: 'createRerate',
      tag: 'Re-rates',
      summary: 'Rate past usage by the prices that are known now',
      description:
        'A job: the answer comes at once, `GET /v1/rerates/{id}` shows how far it is and what it found. Each event is rated at its own time. A dry run changes nothing until it is applied. Events that arrive meanwhile are not part of it, and closed periods are never touched.',
      scope: 'billing:write',
      body: NewRerate,
      success: { status: 202, schema: RerateSchema },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call.caller);
        const { body, records, caller } = call;
        const { dry_run: isDryRun = true, reason } = body;
        const rerate = await records.createRerate({
          ...{ id: newId('rrt'), ...periodOf(body), filter: filterOf(body.filter ?? {}), isDryRun, reason },
          ...{ createdAtMs: clock.now(), createdBy: caller.keyId },
        });
        await recordAct(call, { action: 'rerate.created', before: null, after: rerate });
        return json(202, rerateJson(rerate));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/rerates',
      operationId: 'listRerates',
      tag: 'Re-rates',
      summary: 'List re-rates',
      description: 'The newest first, without their reports.',
      scope: 'billing:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(RerateSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        mustBeOperator(caller);
        const { limit, request } = pageRequest(query);
        const { rows, nextCursor } = toPage(await records.rerates(request), limit);
        return json(200, { data: rows.map(rerateJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/rerates/{id}',
      operationId: 'getRerate',
      tag: 'Re-rates',
      summary: 'Get a re-rate with its report',
      scope: 'billing:read',
      success: { status: 200, schema: RerateWithReport },
      errors: ['customer_mismatch'],
      async handle({ caller, params, records }) {
        mustBeOperator(caller);
        const rerate = await records.rerate(params['id'] ?? '');
        if (rerate === null) throw notFound();
        const report = await warehouse.rerateReport({ rerateId: rerate.id, linesMax: REPORT_LINES_MAX });
        return json(200, { ...rerateJson(rerate), report: reportJson(report) });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/rerates/{id}/apply',
      operationId: 'applyRerate',
      tag: 'Re-rates',
      summary: 'Apply what a dry run found',
      description:
        'Exactly the events that it rated, at the costs that it shows. An event that changed since is left as it is, and counted as skipped. One re-rate of overlapping periods is applied at a time.',
      scope: 'billing:write',
      success: { status: 202, schema: RerateSchema },
      errors: ['conflict', 'customer_mismatch'],
      handle: (call) => move(call, { action: 'rerate.apply_requested', from: ['rated'], to: 'applying', clock }),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/rerates/{id}/cancel',
      operationId: 'cancelRerate',
      tag: 'Re-rates',
      summary: 'Cancel a re-rate that is not being applied yet',
      scope: 'billing:write',
      success: { status: 202, schema: RerateSchema },
      errors: ['conflict', 'customer_mismatch'],
      handle: (call) => move(call, { action: 'rerate.cancelled', from: ['rating', 'rated'], to: 'cancelled', clock }),
    }),
  ];
}

interface Move {
  readonly action: string;
  readonly from: readonly RerateState[];
  readonly to: RerateState;
  readonly clock: Clock;
}

async function move(
  call: CallContext & { readonly params: Readonly<Record<string, string>> },
  { action, from, to, clock }: Move,
) {
  mustBeOperator(call.caller);
  const { records, params } = call;
  const before = await records.rerate(params['id'] ?? '');
  if (before === null) throw notFound();
  const after = await records.moveRerate({ id: before.id, from, to, atMs: clock.now() });
  if (after === null) {
    const detail = `The re-rate is ${before.state}. This can be done only while it is ${from.join(' or ')}.`;
    throw new TollgateError({ code: 'conflict', detail });
  }
  await recordAct(call, { action, before, after });
  return json(202, rerateJson(after));
}

async function recordAct(
  call: CallContext,
  act: { readonly action: string; readonly before: Rerate | null; readonly after: Rerate },
): Promise<void> {
  const { id, reason } = act.after;
  const subject = { type: 'rerate', id };
  const [before, after] = [act.before, act.after].map((rerate) => (rerate === null ? null : snapshotOf(rerate)));
  await call.records.appendAudit(
    auditOf(call, {
      action: act.action,
      customerId: null,
      subject,
      before: before ?? null,
      after: after ?? null,
      reason,
    }),
  );
}

function snapshotOf(rerate: Rerate) {
  const { progress, filter, ...facts } = rerateJson(rerate);
  const { examined, changed, applied, skipped } = progress;
  return {
    ...facts,
    filter: { ...rerate.filter.fields, unpriced_only: filter.unpriced_only },
    ...{ examined: String(examined), changed: String(changed), applied: String(applied), skipped: String(skipped) },
  };
}

function filterOf({ unpriced_only: isUnpricedOnly = false, ...given }: Static<typeof Filter>): RerateFilter {
  const fields: Record<string, readonly string[]> = {};
  for (const [field, value] of Object.entries(given)) fields[field] = typeof value === 'string' ? [value] : value;
  return { fields, isUnpricedOnly };
}

/** What things cost is the operator's reckoning. */
function mustBeOperator(caller: Caller): void {
  if (confinedTo(caller) === null) return;
  throw new TollgateError({
    code: 'customer_mismatch',
    detail: "Usage is rated anew by the operator only. Use one of the operator's keys.",
  });
}
