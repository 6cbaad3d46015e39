// The customer's way in without a key of its own: the operator's backend asks for a link and sends its user there.

import type { PortalLink, Session } from '@tollgate/accounts';
import { digestOfSessionToken, generatePortalToken, isPortalToken } from '@tollgate/auth';
import { formatTimestamp, holdsScope, type Scope, TollgateError } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from '../audit.ts';
import { CustomerId } from '../customers.ts';
import { existingCustomer } from '../existing-customer.ts';
import { defineOpenRoute, defineRoute, json, type Route } from '../route.ts';
import { idOf, orNull, Timestamp } from '../schemas.ts';
import { openSession, readableUserAgent } from './open-session.ts';
import { OwnSessionSchema } from './session-json.ts';

/** What a customer may be let do. Never what is the operator's: `admin`, or to act for others. */
const PORTAL_SCOPES = [
  'usage:read',
  'usage:write',
  'limits:check',
  'keys:read',
  'keys:write',
  'limits:read',
  'limits:write',
  'billing:read',
  'webhooks:write',
] as const satisfies readonly Scope[];

/** To look, and not to touch. */
const SCOPES_DEFAULT: readonly Scope[] = ['usage:read', 'keys:read', 'limits:read', 'billing:read'];

const LINK_LIFE_S = 300;
const SESSION_LIFE_S = 3_600;
const DAY_S = 86_400;

const PortalScopes = Type.Array(Type.Enum([...PORTAL_SCOPES]), {
  minItems: 1,
  maxItems: PORTAL_SCOPES.length,
  uniqueItems: true,
});

const NewPortalSession = Type.Object(
  {
    customer: CustomerId,
    scopes: Type.Optional(PortalScopes),
    link_seconds: Type.Optional(
      Type.Integer({
        minimum: 10,
        maximum: 3_600,
        default: LINK_LIFE_S,
        description: 'How long the link waits to be used.',
      }),
    ),
    session_seconds: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: DAY_S,
        default: SESSION_LIFE_S,
        description: 'How long the session lasts that it opens.',
      }),
    ),
  },
  { additionalProperties: false },
);

interface PortalRoutesOptions {
  readonly clock: Clock;
  readonly newId: IdGenerator;
  /** Where people reach the api. */
  readonly publicUrl: string;
  /** Where they reach the view for frames; null: no site may have it in one. */
  readonly embeddedUrl: string | null;
}

export function portalRoutes({ clock, newId, publicUrl, embeddedUrl }: PortalRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/portal-sessions',
      operationId: 'createPortalSession',
      tag: 'Sessions',
      summary: 'Make a link that lets a customer in',
      description:
        "For the operator's backend, which has made sure who its user is: `url` opens the dashboard for this one customer, once, and with no more than `scopes` (default: to look at usage, keys, limits and invoices). Send the user there; do not keep it. `embedded_url` is the same link for a frame in a page of yours, where `TOLLGATE_FRAME_ANCESTORS` names its origin; a link is used once, in one of the two.",
      scope: 'admin',
      body: NewPortalSession,
      success: {
        status: 201,
        schema: Type.Object({
          id: idOf('pls', 'a link'),
          url: Type.String(),
          embedded_url: orNull(Type.String({ description: 'For a frame; null where no site may have one.' })),
          customer: CustomerId,
          scopes: PortalScopes,
          expires_at: Timestamp,
        }),
      },
      errors: ['conflict'],
      async handle(call) {
        const { caller, body, records } = call;
        const { customer: customerId, link_seconds: linkS = LINK_LIFE_S } = body;
        await existingCustomer(records, customerId);
        const scopes = body.scopes ?? SCOPES_DEFAULT;
        const token = generatePortalToken();
        const link: PortalLink = {
          ...{ id: newId('pls'), keyId: caller.keyId, customerId, scopes },
          sessionMs: (body.session_seconds ?? SESSION_LIFE_S) * 1_000,
          expiresAtMs: clock.now() + linkS * 1_000,
        };
        await records.createPortalLink(link, digestOfSessionToken(token));
        const shown = {
          id: link.id,
          customer: customerId,
          scopes: [...scopes],
          expires_at: formatTimestamp(link.expiresAtMs),
        };
        const subject = { type: 'portal_link', id: link.id };
        const act = { action: 'portal_link.created', customerId, subject, before: null, after: shown };
        await records.appendAudit(auditOf(call, act));
        // Behind the mark, which no browser sends and no log keeps.
        const url = `${publicUrl}/portal#${token}`;
        const framed = embeddedUrl === null ? null : `${embeddedUrl}/portal#${token}`;
        return json(201, { ...shown, url, embedded_url: framed });
      },
    }),
    defineOpenRoute({
      method: 'POST',
      path: '/v1/portal-sessions/open',
      operationId: 'openPortalSession',
      tag: 'Sessions',
      summary: 'Use such a link',
      description: 'Exchanges what stands behind the `#` of the link for a session, once.',
      body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false }),
      success: { status: 201, schema: OwnSessionSchema },
      errors: ['invalid_token', 'locked_out'],
      async handle(call) {
        const { body, records, received, origin, sessionCookie } = call;
        const nowMs = clock.now();
        const link = isPortalToken(body.token) ? await records.takePortalLink(digestOfSessionToken(body.token)) : null;
        const key = link === null ? null : await records.key(link.keyId);
        if (link === null || link.expiresAtMs <= nowMs || key === null || !key.isEnabled) throw linkIsGone();
        const userAgent = readableUserAgent(received.headers['user-agent']);
        const { customerId, scopes, sessionMs } = link;
        const session: Session = {
          ...{ id: newId('ses'), keyId: key.id, secretId: null, customerId, scopes },
          ...{
            createdAtMs: nowMs,
            usedAtMs: nowMs,
            idleMs: sessionMs,
            expiresAtMs: nowMs + sessionMs,
            endedAtMs: null,
          },
          ...{ address: origin.address, userAgent },
        };
        const held = scopes.filter((scope) => holdsScope(key.scopes, scope));
        return await openSession({ records, origin, sessionCookie }, { session, keyName: key.name, scopes: held });
      },
    }),
  ];
}

function linkIsGone(): TollgateError {
  return new TollgateError({
    code: 'invalid_token',
    detail: 'This link was used already, or is too old. Ask for a new one where you got it.',
  });
}
