// Makes a session: its row, its entry in the audit log, and the answer that gives the browser its cookie.

import type { AccountRecords, Session } from '@tollgate/accounts';
import { digestOfSessionToken, generateSessionToken } from '@tollgate/auth';
import type { Scope } from '@tollgate/domain';
import type { Answer, Origin } from '../route.ts';
import type { SessionCookie } from './session-cookie.ts';
import { describeSession, showSession } from './session-json.ts';

interface OpenSessionCall {
  readonly records: AccountRecords;
  readonly origin: Origin;
  readonly sessionCookie: SessionCookie;
}

interface Opened {
  readonly session: Session;
  readonly keyName: string;
  readonly scopes: readonly Scope[];
}

const USER_AGENT_LENGTH_MAX = 300;

/** As it came, but no longer than anybody reads and of characters that every column takes. */
export function readableUserAgent(userAgent: string | undefined): string {
  return (userAgent ?? '').replaceAll(/[^\x20-\x7e]/g, '?').slice(0, USER_AGENT_LENGTH_MAX);
}

export async function openSession(
  { records, origin, sessionCookie }: OpenSessionCall,
  { session, keyName, scopes }: Opened,
): Promise<Answer> {
  const token = generateSessionToken();
  const { id, keyId, customerId, createdAtMs, expiresAtMs } = session;
  await records.createSession(session, digestOfSessionToken(token));
  await records.appendAudit({
    action: 'session.opened',
    actor: { keyId },
    origin,
    customerId,
    subject: { type: 'session', id },
    before: null,
    after: describeSession(session),
  });
  return {
    kind: 'json',
    status: 201,
    body: await showOwnSession(records, { session, keyName, scopes }),
    headers: { 'Set-Cookie': sessionCookie.set(token, expiresAtMs - createdAtMs) },
  };
}

export async function showOwnSession(records: AccountRecords, { session, keyName, scopes }: Opened) {
  const customer = session.customerId === null ? null : await records.customer(session.customerId);
  return {
    ...showSession(session, session.id),
    key_name: keyName,
    customer_name: customer?.name ?? null,
    scopes: [...scopes],
  };
}
