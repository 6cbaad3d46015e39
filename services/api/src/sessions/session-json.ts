// How a session is written in JSON.

import type { Session } from '@tollgate/accounts';
import { formatTimestamp, SCOPES } from '@tollgate/domain';
import Type from 'typebox';
import { idOf, orNull, Timestamp } from '../schemas.ts';

export const SessionSchema = Type.Object({
  id: idOf('ses', 'a session'),
  kind: Type.Enum(['key', 'portal'], { description: 'Opened by an API key, or by a link for the customer.' }),
  key: Type.String({
    description: "The API key whose permissions it has; of a portal session, the operator's that made the link.",
  }),
  customer: orNull(Type.String({ description: "Whose things it sees; null: the operator's." })),
  created_at: Timestamp,
  used_at: Type.String({ format: 'date-time', description: 'To within half a minute.' }),
  expires_at: Type.String({ format: 'date-time', description: 'At the latest; when it is not used, before.' }),
  address: Type.String({ description: 'From where it was opened.' }),
  user_agent: Type.String({ description: 'What the browser said of itself.' }),
  is_current: Type.Boolean({ description: 'The one that asks.' }),
});

/** What somebody who is signed in has to know of it. */
export const OwnSessionSchema = Type.Object({
  ...SessionSchema.properties,
  key_name: Type.String(),
  customer_name: orNull(Type.String()),
  scopes: Type.Array(Type.Enum([...SCOPES]), { description: 'What it may do.' }),
});

export function showSession(session: Session, currentId: string | undefined) {
  const { id, keyId, secretId, customerId, createdAtMs, usedAtMs, expiresAtMs, address, userAgent } = session;
  return {
    id,
    kind: secretId === null ? 'portal' : 'key',
    key: keyId,
    customer: customerId,
    created_at: formatTimestamp(createdAtMs),
    used_at: formatTimestamp(usedAtMs),
    expires_at: formatTimestamp(expiresAtMs),
    address,
    user_agent: userAgent,
    is_current: id === currentId,
  };
}

/** For the audit log. */
export function describeSession({ secretId, keyId, customerId, scopes, expiresAtMs }: Session) {
  return {
    kind: secretId === null ? 'portal' : 'key',
    key: keyId,
    customer: customerId,
    scopes: scopes === null ? null : [...scopes],
    expires_at: formatTimestamp(expiresAtMs),
  };
}
