// What is done to a limit that is there: reset, suspended for a time, resumed, copied to keys.

import type { Limit } from '@tollgate/accounts';
import { parseTimestamp, TollgateError } from '@tollgate/domain';
import Type, { type Static } from 'typebox';
import { KeyId } from '../key-json.ts';
import { type Answer, type Call, type CallContext, defineRoute, type Route } from '../route.ts';
import { Timestamp } from '../schemas.ts';
import { checkRoom, lockedLimit, seenLimit, setBy } from './limit-access.ts';
import { recordLimitAct } from './limit-audit.ts';
import { LimitSchema } from './limit-json.ts';
import { answer, type LimitRoutesOptions } from './limit-routes.ts';
import { ofKey } from './limit-scope.ts';
import { newLimit } from './new-limit.ts';
import { suspensionEnd } from './suspension-end.ts';

const COPIES_MAX = 100;
const SUSPENSION_SECONDS_MAX = 90 * 24 * 60 * 60;

const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'For people, and for the audit log.' });
const ReasonGiven = Type.Object({ reason: Type.Optional(Reason) }, { additionalProperties: false });
const Suspension = Type.Object(
  {
    until: Type.Optional(Type.String({ ...Timestamp, description: 'At most 90 days ahead.' })),
    for_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: SUSPENSION_SECONDS_MAX })),
    reason: Type.Optional(Reason),
  },
  { additionalProperties: false },
);
const Copies = Type.Object(
  {
    keys: Type.Array(KeyId, { minItems: 1, maxItems: COPIES_MAX, uniqueItems: true }),
  },
  { additionalProperties: false },
);

export function limitActRoutes(options: LimitRoutesOptions): readonly Route[] {
  return [resetRoute(options), ...suspensionRoutes(options), copyRoute(options)];
}

function resetRoute({ clock, live }: LimitRoutesOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/limits/{id}/reset',
    operationId: 'resetLimit',
    tag: 'Limits',
    summary: 'Reset a limit',
    description:
      'Use before this instant does not count any more, by the time of the event; what reservations hold stays held. The window ends when it would have. The limit of a minute drains by itself and is not reset.',
    scope: 'limits:write',
    body: ReasonGiven,
    success: { status: 200, schema: LimitSchema },
    errors: ['conflict'],
    async handle(call) {
      const before = await lockedLimit(call.params['id'], call);
      if (before.window === 'minute') {
        throw new TollgateError({
          code: 'conflict',
          detail: 'The limit of a minute drains by itself: there is nothing to reset.',
        });
      }
      const nowMs = clock.now();
      const after: Limit = { ...before, countsFromMs: nowMs, revision: before.revision + 1, updatedAtMs: nowMs };
      await change(call, { action: 'limit.reset', before, after });
      return await answer(call.records, { live, limit: after });
    },
  });
}

function suspensionRoutes({ clock, live }: LimitRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/limits/{id}/suspend',
      operationId: 'suspendLimit',
      tag: 'Limits',
      summary: 'Suspend a limit for a time',
      description:
        'Grace: until then it refuses nothing, goes on counting and tells what it would tell. Either `until` or `for_seconds`. Suspending again sets another end.',
      scope: 'limits:write',
      body: Suspension,
      success: { status: 200, schema: LimitSchema },
      errors: ['conflict'],
      async handle(call) {
        const before = await lockedLimit(call.params['id'], call);
        const nowMs = clock.now();
        const { until, for_seconds: forSeconds } = call.body;
        const suspendedUntilMs = suspensionEnd({
          untilMs: until === undefined ? undefined : parseTimestamp(until),
          forSeconds,
          secondsMax: SUSPENSION_SECONDS_MAX,
          nowMs,
        });
        const after: Limit = { ...before, suspendedUntilMs, updatedAtMs: nowMs };
        await change(call, { action: 'limit.suspended', before, after });
        return await answer(call.records, { live, limit: after });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/limits/{id}/resume',
      operationId: 'resumeLimit',
      tag: 'Limits',
      summary: 'Resume a limit',
      description: 'It refuses again within a second, also for what was used meanwhile.',
      scope: 'limits:write',
      body: ReasonGiven,
      success: { status: 200, schema: LimitSchema },
      errors: ['conflict'],
      async handle(call) {
        const before = await lockedLimit(call.params['id'], call);
        const after: Limit = { ...before, suspendedUntilMs: null, updatedAtMs: clock.now() };
        await change(call, { action: 'limit.resumed', before, after });
        return await answer(call.records, { live, limit: after });
      },
    }),
  ];
}

type ChangeCall = Pick<CallContext, 'caller' | 'origin' | 'records'> & { readonly body: { readonly reason?: string } };

async function change(
  call: ChangeCall,
  act: { readonly action: string; readonly before: Limit; readonly after: Limit },
): Promise<void> {
  const { reason } = call.body;
  await call.records.updateLimit(act.after);
  await recordLimitAct(call, { ...act, ...(reason === undefined ? {} : { reason }) });
}

function copyRoute(options: LimitRoutesOptions): Route {
  return defineRoute({
    method: 'POST',
    path: '/v1/limits/{id}/copy',
    operationId: 'copyLimit',
    tag: 'Limits',
    summary: 'Copy a limit to keys',
    description: `Each of up to ${COPIES_MAX} keys gets a limit of its own with the same terms, in one transaction; one that has the very same already keeps it, so that copying twice changes nothing. Answered in the order of the keys. What was used, a reset and a suspension are not copied.`,
    scope: 'limits:write',
    body: Copies,
    success: { status: 201, schema: Type.Object({ data: Type.Array(LimitSchema) }) },
    errors: ['conflict'],
    handle: (call) => copy(call, options),
  });
}

async function copy(
  call: Call<unknown, Static<typeof Copies>>,
  { clock, newId, live }: LimitRoutesOptions,
): Promise<Answer> {
  const { records } = call;
  const source = await seenLimit(call.params['id'], call);
  const limits: Limit[] = [];
  const made: Limit[] = [];
  // In one order for all who lock several, so that none waits for another in a circle.
  for (const id of call.body.keys.toSorted()) {
    const whose = await ofKey(`/keys/${call.body.keys.indexOf(id)}`, id, call);
    const copied = newLimit({ id: newId('lim'), whose, terms: source, setBy: setBy(call.caller), nowMs: clock.now() });
    const known = await records.limits({ scopeKind: 'key', scopeId: id, metric: source.metric, limit: LOOKED_AT_MAX });
    const same = known.find((limit) => isSame(limit, copied));
    limits.push(same ?? copied);
    if (same === undefined) made.push(copied);
  }
  await checkCurrency(call, source, made);
  for (const [customerId, count] of countBy(made)) {
    await checkRoom(call, { customerId, setBy: setBy(call.caller), more: count });
  }
  for (const limit of made) {
    await records.createLimit(limit);
    await recordLimitAct(call, { action: 'limit.created', before: null, after: limit });
  }
  const inOrder = call.body.keys.flatMap((id) => limits.find(({ scope }) => scope.id === id) ?? []);
  const dated = await live.dated(records, inOrder);
  return {
    kind: 'json',
    status: 201,
    body: { data: await live.show(dated) },
    shownAfterCommit: async () => ({ data: await live.showOnceKnown(dated) }),
  };
}

/** More than a key has by any sensible way; what lies past it is not found, and a second one is made. */
const LOOKED_AT_MAX = 200;

function isSame(one: Limit, other: Limit): boolean {
  return (
    one.setBy === other.setBy &&
    one.window === other.window &&
    one.mode === other.mode &&
    one.amount === other.amount &&
    one.modelPattern === other.modelPattern &&
    one.allowanceWhenUnknown === other.allowanceWhenUnknown &&
    one.refusesEvents === other.refusesEvents &&
    one.thresholds.join() === other.thresholds.join()
  );
}

/** The same amount of another currency is another amount. */
async function checkCurrency({ records }: Pick<CallContext, 'records'>, source: Limit, made: readonly Limit[]) {
  if (source.metric !== 'cost') return;
  const ids = made.flatMap(({ customerId }) => customerId ?? []);
  const reckonings = await records.limitReckonings(ids);
  const currencies = new Set([...reckonings.values()].map(({ currency }) => currency));
  const own =
    source.customerId === null
      ? (await records.organization())?.currency
      : (await records.customer(source.customerId))?.currency;
  if (own !== undefined) currencies.add(own);
  if (currencies.size <= 1) return;
  throw new TollgateError({
    code: 'conflict',
    detail: `The limit is of money, and these keys are billed in ${[...currencies].join(' and ')}. Make a limit for each currency.`,
  });
}

function countBy(limits: readonly Limit[]): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const { customerId } of limits) counts.set(customerId, (counts.get(customerId) ?? 0) + 1);
  return counts;
}
