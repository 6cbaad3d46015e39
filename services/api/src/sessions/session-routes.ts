// Sessions: opened with an API key's secret, seen, and ended.

import type { Session } from '@tollgate/accounts';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from '../audit.ts';
import { CustomerId } from '../customers.ts';
import { type Call, type CallContext, defineRoute, json, type Route } from '../route.ts';
import { pageOf, pageQuery, pageRequest, toPage } from '../schemas.ts';
import { customerInQuestion, mustBeSeen, notFound } from '../tenancy.ts';
import { openSession, readableUserAgent, showOwnSession } from './open-session.ts';
import { describeSession, OwnSessionSchema, SessionSchema, showSession } from './session-json.ts';
import { onlySecrets } from './session-rules.ts';

interface SessionRules {
  /** From signing in to the end, however much it is used. */
  readonly lifeMs: number;
  /** Unused for so long, it ends. */
  readonly idleMs: number;
}

interface SessionRoutesOptions {
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly rules: SessionRules;
}

export function sessionRoutes(options: SessionRoutesOptions): readonly Route[] {
  const { clock, newId, rules } = options;
  const ended = async ({ caller, origin, records }: CallContext, session: Session): Promise<void> => {
    await records.endSession(session.id, clock.now());
    const { id, customerId } = session;
    const subject = { type: 'session', id };
    await records.appendAudit(
      auditOf(
        { caller, origin },
        { action: 'session.ended', customerId, subject, before: describeSession(session), after: null },
      ),
    );
  };
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/sessions',
      operationId: 'openSession',
      tag: 'Sessions',
      summary: 'Sign in to the dashboard',
      description:
        'Exchanges the API key that the request carries for a session: a cookie that no script reads, accepted in place of the key by every route of this API that is called from the same origin. It may do what the key may do at that moment, and ends with the key, with the secret that was shown, when it is not used for long, and in any case at `expires_at`. What changes something must carry `X-Tollgate-Dashboard: 1`. An access token cannot be exchanged.',
      scope: 'any',
      success: { status: 201, schema: OwnSessionSchema },
      async handle(call) {
        const { caller, records, received } = call;
        const secretId = onlySecrets(caller);
        const key = await records.key(caller.keyId);
        if (key === null) throw notFound();
        const nowMs = clock.now();
        const endsMs = nowMs + rules.lifeMs;
        const userAgent = readableUserAgent(received.headers['user-agent']);
        const session: Session = {
          ...{ id: newId('ses'), keyId: caller.keyId, secretId, customerId: caller.customerId, scopes: null },
          ...{ createdAtMs: nowMs, usedAtMs: nowMs, idleMs: rules.idleMs, endedAtMs: null },
          expiresAtMs: caller.expiresAtMs === null ? endsMs : Math.min(endsMs, caller.expiresAtMs),
          ...{ address: call.origin.address, userAgent },
        };
        return await openSession(call, { session, keyName: key.name, scopes: caller.scopes });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/sessions',
      operationId: 'listSessions',
      tag: 'Sessions',
      summary: 'List who is signed in',
      description: 'Sessions that have not ended, the oldest first.',
      scope: 'keys:read',
      query: Type.Object({ ...pageQuery, customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(SessionSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const asked = { ...request, nowMs: clock.now(), ...(customerId === undefined ? {} : { customerId }) };
        const { rows, nextCursor } = toPage(await records.sessions(asked), limit);
        return json(200, { data: rows.map((row) => showSession(row, caller.credential.id)), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/sessions/current',
      operationId: 'getCurrentSession',
      tag: 'Sessions',
      summary: 'Who am I?',
      description: 'The session that the request carries, with what it may do.',
      scope: 'any',
      success: { status: 200, schema: OwnSessionSchema },
      errors: ['not_found'],
      async handle(call) {
        const { caller, records } = call;
        const session = await currentSession(call);
        const key = await records.key(session.keyId);
        if (key === null) throw notFound();
        return json(200, await showOwnSession(records, { session, keyName: key.name, scopes: caller.scopes }));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/sessions/current',
      operationId: 'endCurrentSession',
      tag: 'Sessions',
      summary: 'Sign out',
      description: 'Ends the session that the request carries, everywhere within a second.',
      scope: 'any',
      success: { status: 204, schema: Type.Null() },
      errors: ['not_found'],
      async handle(call) {
        await ended(call, await currentSession(call));
        return { kind: 'nothing', headers: { 'Set-Cookie': call.sessionCookie.clear() } };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/sessions/{id}',
      operationId: 'endSession',
      tag: 'Sessions',
      summary: 'End a session',
      description: 'It is refused everywhere within a second.',
      scope: 'keys:write',
      success: { status: 204, schema: Type.Null() },
      async handle(call) {
        const { caller, params, records } = call;
        const found = await records.session(params['id'] ?? '');
        const session = mustBeSeen(caller, found, ({ customerId }) => customerId);
        if (session.endedAtMs === null) await ended(call, session);
        return { kind: 'nothing' };
      },
    }),
  ];
}

/** A key that is used directly has none. */
async function currentSession({
  caller,
  records,
}: Pick<Call<unknown, unknown>, 'caller' | 'records'>): Promise<Session> {
  const { credential } = caller;
  const session = credential.kind === 'session' ? await records.session(credential.id) : null;
  if (session === null) throw notFound();
  return session;
}
