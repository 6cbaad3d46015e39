// Limits: made, seen, changed, deleted. What is done to one that is there besides is in `limit-act-routes.ts`.

import type { AccountRecords, Limit, LimitFilter } from '@tollgate/accounts';
import { LIMIT_SCOPES, TollgateError } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type, { type Static } from 'typebox';
import { CustomerId } from '../customers.ts';
import { createBodyCheck } from '../decode-body.ts';
import { KeyId } from '../key-json.ts';
import { mergePatch } from '../merge-patch.ts';
import { ProjectId } from '../project-id.ts';
import { type Answer, defineRoute, json, NOTHING, type Route } from '../route.ts';
import { pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { customerInQuestion } from '../tenancy.ts';
import { checkRoom, lockedLimit, seenLimit, setBy } from './limit-access.ts';
import { recordLimitAct } from './limit-audit.ts';
import { ChangeableTerms, changeableTerms, LimitSchema, MetricName, newTerms, Scope, termsOf } from './limit-json.ts';
import { existingScope } from './limit-scope.ts';
import { changesAdmission, readTerms } from './limit-terms.ts';
import type { LiveLimits } from './live-limits.ts';
import { newLimit } from './new-limit.ts';

const NewLimit = Type.Object({ scope: Scope, ...newTerms }, { additionalProperties: false });
const LimitPatch = Type.Partial(Type.Object(changeableTerms), { additionalProperties: false });
const ListQuery = Type.Object(
  {
    ...pageQuery,
    customer: Type.Optional({ ...CustomerId, description: 'Of this customer, its projects and its keys.' }),
    scope: Type.Optional(Type.Enum([...LIMIT_SCOPES], { description: 'Of this kind of thing.' })),
    key: Type.Optional({ ...KeyId, description: 'Of this key itself.' }),
    project: Type.Optional({ ...ProjectId, description: 'Of this project itself.' }),
    metric: Type.Optional(MetricName),
  },
  { additionalProperties: false },
);

const checkTerms = createBodyCheck<ChangeableTerms>(ChangeableTerms);

export interface LimitRoutesOptions {
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly live: LiveLimits;
}

export function limitRoutes(options: LimitRoutesOptions): readonly Route[] {
  return [createRoute(options), ...seeRoutes(options), ...changeRoutes(options)];
}

function createRoute({ clock, newId, live }: LimitRoutesOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/limits',
    operationId: 'createLimit',
    tag: 'Limits',
    summary: 'Create a limit',
    description:
      "A quota or a budget; every limit that applies must admit a request. The use of the window so far counts. Enforced everywhere within a second: the answer waits for that for 1.5 seconds at most, and says `rebuilding` when it took longer. A customer's key makes limits of its own customer, projects and keys, beside those that the operator set.",
    scope: 'limits:write',
    body: NewLimit,
    success: { status: 201, schema: LimitSchema },
    errors: ['customer_mismatch', 'conflict'],
    async handle(call) {
      const { scope, ...terms } = call.body;
      const limit = newLimit({
        id: newId('lim'),
        terms: readTerms(terms),
        whose: await existingScope(scope, call),
        setBy: setBy(call.caller),
        nowMs: clock.now(),
      });
      await checkRoom(call, { ...limit, more: 1 });
      await call.records.createLimit(limit);
      await recordLimitAct(call, { action: 'limit.created', before: null, after: limit });
      const dated = await live.dated(call.records, [limit]);
      return {
        kind: 'json',
        status: 201,
        body: only(await live.show(dated)),
        shownAfterCommit: async () => only(await live.showOnceKnown(dated)),
      };
    },
  });
}

function seeRoutes({ live }: LimitRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/limits',
      operationId: 'listLimits',
      tag: 'Limits',
      summary: 'List limits, with their live numbers',
      description:
        "The oldest first. A customer's key sees those of its customer, projects and keys, not the organization's.",
      scope: 'limits:read',
      query: ListQuery,
      success: { status: 200, schema: pageOf(LimitSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.limits({
          ...request,
          ...(customerId === undefined ? {} : { customerId }),
          ...filterOf(query),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: await live.show(await live.dated(records, rows)), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/limits/{id}',
      operationId: 'getLimit',
      tag: 'Limits',
      summary: 'Get a limit, with its live numbers',
      scope: 'limits:read',
      success: { status: 200, schema: LimitSchema },
      handle: async (call) => answer(call.records, { live, limit: await seenLimit(call.params['id'], call) }),
    }),
  ];
}

function changeRoutes({ clock, live }: LimitRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'PATCH',
      path: '/v1/limits/{id}',
      operationId: 'updateLimit',
      tag: 'Limits',
      summary: 'Change a limit',
      description:
        'A merge patch (RFC 7396): members that are left out stay, null sets the default, lists are replaced. Felt everywhere within a second; what is used and held stays, and after another amount or model what it told may be told again. Scope, metric and window stay what they are: make another limit.',
      scope: 'limits:write',
      body: LimitPatch,
      success: { status: 200, schema: LimitSchema },
      errors: ['conflict'],
      async handle(call) {
        const before = await lockedLimit(call.params['id'], call);
        const { metric, window } = before;
        const terms = readTerms({ ...checkTerms(mergePatch(termsOf(before), call.body)), metric, window });
        const revision = before.revision + (changesAdmission(before, terms) ? 1 : 0);
        const after: Limit = { ...before, ...terms, revision, updatedAtMs: clock.now() };
        await call.records.updateLimit(after);
        await recordLimitAct(call, { action: 'limit.updated', before, after });
        return await answer(call.records, { live, limit: after });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/limits/{id}',
      operationId: 'deleteLimit',
      tag: 'Limits',
      summary: 'Delete a limit',
      description: 'It refuses nothing any more within a second, and tells nothing.',
      scope: 'limits:write',
      success: { status: 204, schema: Type.Null() },
      errors: ['conflict'],
      async handle(call) {
        const before = await lockedLimit(call.params['id'], call);
        await call.records.deleteLimit(before.id, clock.now());
        await recordLimitAct(call, { action: 'limit.deleted', before, after: null });
        return NOTHING;
      },
    }),
  ];
}

/** The limit as it is written, with its numbers as they are. */
export async function answer(
  records: AccountRecords,
  { live, limit }: { readonly live: LiveLimits; readonly limit: Limit },
): Promise<Answer> {
  return json(200, only(await live.show(await live.dated(records, [limit]))));
}

function only<Shown>([shown]: readonly Shown[]): Shown {
  if (shown === undefined) throw new Error('a limit was asked for, and none is shown');
  return shown;
}

function filterOf({ scope, key, project, metric }: Static<typeof ListQuery>): LimitFilter {
  const named = [
    ...(key === undefined ? [] : [{ scopeKind: 'key', scopeId: key } as const]),
    ...(project === undefined ? [] : [{ scopeKind: 'project', scopeId: project } as const]),
  ];
  const [first] = named;
  if (named.length > 1 || (first !== undefined && scope !== undefined && scope !== first.scopeKind)) {
    throw new TollgateError({
      code: 'validation_failed',
      detail: 'A limit is of one thing. Name a key or a project, and `scope` only without them.',
      errors: [{ pointer: scope === undefined ? 'project' : 'scope', detail: 'is of something else.' }],
    });
  }
  return {
    ...(scope === undefined ? {} : { scopeKind: scope }),
    ...first,
    ...(metric === undefined ? {} : { metric }),
  };
}
