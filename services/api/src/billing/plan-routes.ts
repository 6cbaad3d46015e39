// Plans and their versions. A version never changes: a correction is a further one, and who subscribes names which.

import type { AccountRecords, PlanVersion, StoredPlan } from '@tollgate/accounts';
import {
  type FieldError,
  isCurrency,
  type PlanTerms,
  type PlanTermsJson,
  PlanTermsSchema,
  readPlanTerms,
  TollgateError,
} from '@tollgate/domain';
import Type from 'typebox';
import { type CallContext, defineRoute, json, NOTHING, type Route } from '../route.ts';
import { pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { confinedTo, notFound } from '../tenancy.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';
import { invalid, refuseInvalid } from './invalid.ts';
import { mustBeOperator } from './operator-only.ts';
import { NewPlan, PlanSchema, PlanVersionSchema, planJson, planVersionJson } from './plan-json.ts';
import { recordTermAct } from './record-term-act.ts';

const BODY_BYTES_MAX = 500_000;
const METER_CLASS = 'meter:';

export function planRoutes(options: BillingTermOptions): readonly Route[] {
  return [createRoute(options), ...readRoutes(), versionRoute(options), archiveRoute(options)];
}

function createRoute({ clock, newId }: BillingTermOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/plans',
    operationId: 'createPlan',
    tag: 'Plans',
    summary: 'Create a plan',
    description:
      'With its first version: charges for use, fees, and a commitment. In a part of a period fees, commitments, minimums and allowances are prorated by days. The price book stays what the cost of events comes from; a charge has a price model of its own.',
    scope: 'billing:write',
    body: NewPlan,
    bodyBytesMax: BODY_BYTES_MAX,
    success: { status: 201, schema: Type.Interface([PlanSchema], { version: PlanVersionSchema }) },
    errors: ['customer_mismatch'],
    async handle(call) {
      mustBeOperator(call);
      const { name, currency: named, ...body } = call.body;
      const currency = named ?? (await call.records.organization())?.currency ?? '';
      if (!isCurrency(currency)) throw invalid('/currency', 'must be a currency of ISO 4217.');
      const terms = await readTerms(body, currency, call.records);
      const createdAtMs = clock.now();
      const plan: StoredPlan = { id: newId('pln'), name, currency, latestVersion: 1, archivedAtMs: null, createdAtMs };
      const version = { planId: plan.id, version: 1, terms, createdAtMs, createdBy: call.caller.keyId };
      await call.records.createPlan(plan, version);
      const after = { ...planJson(plan), version: planVersionJson(version, currency) };
      await recordTermAct(call, { action: 'plan.created', customerId: null, id: plan.id, before: null, after });
      return json(201, after);
    },
  });
}

function readRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/plans',
      operationId: 'listPlans',
      tag: 'Plans',
      summary: 'List plans',
      description: 'The oldest first, the archived ones too. For the operator alone.',
      scope: 'billing:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(PlanSchema) },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const { limit, request } = pageRequest(call.query);
        const { rows, nextCursor } = toPage(await call.records.plans(request), limit);
        return json(200, { data: rows.map(planJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/plans/{id}',
      operationId: 'getPlan',
      tag: 'Plans',
      summary: 'Get a plan',
      description: 'With its latest version. A customer sees the plans that it has, or had, a subscription to.',
      scope: 'billing:read',
      success: { status: 200, schema: Type.Interface([PlanSchema], { version: PlanVersionSchema }) },
      async handle(call) {
        const plan = await seenPlan(call);
        const version = await versionOf(plan, plan.latestVersion, call.records);
        return json(200, { ...planJson(plan), version: planVersionJson(version, plan.currency) });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/plans/{id}/versions',
      operationId: 'listPlanVersions',
      tag: 'Plans',
      summary: 'List the versions of a plan',
      description: 'The newest first.',
      scope: 'billing:read',
      query: Type.Object(
        { ...pageQuery, cursor: Type.Optional(Type.String({ pattern: '^\\d{1,9}$' })) },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: pageOf(PlanVersionSchema) },
      async handle(call) {
        const plan = await seenPlan(call);
        const { cursor } = call.query;
        const { limit, request } = pageRequest(call.query);
        const before = cursor === undefined ? {} : { before: Number(cursor) };
        const found = await call.records.planVersions(plan.id, { limit: request.limit, ...before });
        const rows = found.slice(0, limit);
        return json(200, {
          data: rows.map((version) => planVersionJson(version, plan.currency)),
          next_cursor: found.length > limit ? `${rows.at(-1)?.version}` : null,
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/plans/{id}/versions/{version}',
      operationId: 'getPlanVersion',
      tag: 'Plans',
      summary: 'Get a version of a plan',
      scope: 'billing:read',
      success: { status: 200, schema: PlanVersionSchema },
      async handle(call) {
        const plan = await seenPlan(call);
        const number = /^[1-9]\d{0,8}$/.test(call.params['version'] ?? '') ? Number(call.params['version']) : 0;
        const version = await call.records.planVersion(plan.id, number);
        if (version === null) throw notFound();
        return json(200, planVersionJson(version, plan.currency));
      },
    }),
  ];
}

function versionRoute({ clock }: BillingTermOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/plans/{id}/versions',
    operationId: 'createPlanVersion',
    tag: 'Plans',
    summary: 'Add a version to a plan',
    description:
      'All of its terms anew. Who subscribes from now on gets it; subscriptions that are there stay with theirs until they are changed.',
    scope: 'billing:write',
    body: PlanTermsSchema,
    bodyBytesMax: BODY_BYTES_MAX,
    success: { status: 201, schema: PlanVersionSchema },
    errors: ['customer_mismatch', 'conflict'],
    async handle(call) {
      mustBeOperator(call);
      const plan = await call.records.lockPlan(call.params['id'] ?? '');
      if (plan === null) throw notFound();
      mustBeOpen(plan);
      const terms = await readTerms(call.body, plan.currency, call.records);
      const [createdAtMs, createdBy] = [clock.now(), call.caller.keyId];
      const version = { planId: plan.id, version: plan.latestVersion + 1, terms, createdAtMs, createdBy };
      const before = await versionOf(plan, plan.latestVersion, call.records);
      await call.records.addPlanVersion(version);
      const after = planVersionJson(version, plan.currency);
      await recordTermAct(call, {
        ...{ action: 'plan.version_added', customerId: null, id: plan.id },
        ...{ before: planVersionJson(before, plan.currency), after },
      });
      return json(201, after);
    },
  });
}

function archiveRoute({ clock }: BillingTermOptions): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/v1/plans/{id}',
    operationId: 'archivePlan',
    tag: 'Plans',
    summary: 'Archive a plan',
    description: 'Nobody subscribes to it any more; who has it keeps it.',
    scope: 'billing:write',
    success: { status: 204, schema: Type.Null() },
    errors: ['customer_mismatch'],
    async handle(call) {
      mustBeOperator(call);
      const plan = await call.records.lockPlan(call.params['id'] ?? '');
      if (plan === null) throw notFound();
      if (plan.archivedAtMs !== null) return NOTHING;
      const archivedAtMs = clock.now();
      await call.records.archivePlan(plan.id, archivedAtMs);
      await recordTermAct(call, {
        ...{ action: 'plan.archived', customerId: null, id: plan.id },
        ...{ before: planJson(plan), after: planJson({ ...plan, archivedAtMs }) },
      });
      return NOTHING;
    },
  });
}

export function mustBeOpen({ archivedAtMs }: StoredPlan): void {
  if (archivedAtMs === null) return;
  throw new TollgateError({ code: 'conflict', detail: 'The plan is archived. Make another one, or use another one.' });
}

async function seenPlan({
  caller,
  params,
  records,
}: Pick<CallContext, 'caller' | 'records'> & {
  readonly params: Readonly<Record<string, string>>;
}): Promise<StoredPlan> {
  const own = confinedTo(caller);
  const plan = await records.plan(params['id'] ?? '');
  if (plan === null) throw notFound();
  if (own === null) return plan;
  const held = await records.subscriptions({ customerId: own, planId: plan.id, limit: 1 });
  if (held.length === 0) throw notFound();
  return plan;
}

async function versionOf(plan: StoredPlan, number: number, records: AccountRecords): Promise<PlanVersion> {
  const version = await records.planVersion(plan.id, number);
  if (version === null) throw new Error(`the plan ${plan.id} has no version ${number}`);
  return version;
}

async function readTerms(body: PlanTermsJson, currency: string, records: AccountRecords): Promise<PlanTerms> {
  const read = readPlanTerms(body, currency);
  if (read.kind === 'flawed') {
    refuseInvalid(read.errors);
    throw new Error('flawed terms have errors');
  }
  refuseInvalid(await unknownNames(read.terms, records));
  return read.terms;
}

/** Meters and projects that charges name are there: a charge for a slip of the pen would silently never be asked. */
async function unknownNames({ charges }: PlanTerms, records: AccountRecords): Promise<readonly FieldError[]> {
  const errors: FieldError[] = [];
  for (const [index, { classes, projectId }] of charges.entries()) {
    for (const [at, name] of (classes ?? []).entries()) {
      if (!name.startsWith(METER_CLASS)) continue;
      const meter = await records.meter(name.slice(METER_CLASS.length));
      if (meter === null)
        errors.push({ pointer: `/charges/${index}/classes/${at}`, detail: 'is no meter that exists.' });
    }
    if (projectId !== null && (await records.project(projectId)) === null) {
      errors.push({ pointer: `/charges/${index}/project`, detail: 'is no project that exists.' });
    }
  }
  return errors;
}
