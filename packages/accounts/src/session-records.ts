// The rows of sessions and of the links that open them. What they mean is decided elsewhere.

import type { Query } from './postgres-query.ts';
import { knownScopes } from './scope-column.ts';
import type { PortalLink, Session, SessionRecords } from './sessions.ts';
import { fromTime, toTime } from './time-column.ts';

interface SessionRow {
  readonly id: string;
  readonly key_id: string;
  readonly secret_id: string | null;
  readonly customer_id: string | null;
  readonly scopes: readonly string[] | null;
  readonly created_at: Date;
  readonly used_at: Date;
  readonly idle_ms: string;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly address: string;
  readonly user_agent: string;
}

interface PortalLinkRow {
  readonly id: string;
  readonly key_id: string;
  readonly customer_id: string;
  readonly scopes: readonly string[];
  readonly session_ms: string;
  readonly expires_at: Date;
}

/** Of one key; whoever signs in again and again leaves no more than so many behind. */
const SESSIONS_PER_KEY_MAX = 1_000;
/** Rows of each table that one pass removes at most. */
const REMOVED_MAX = 10_000;

const INSERT = `
  INSERT INTO sessions (id, digest, key_id, secret_id, customer_id, is_portal, scopes, created_at, used_at, idle_ms,
    expires_at, ended_at, address, user_agent)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

/** A session ends with the secret that was exchanged for it: at the end of its grace, or when it is gone. */
const SELECT = `
  SELECT s.id, s.key_id, s.secret_id, s.customer_id, s.scopes, s.created_at, s.used_at, s.idle_ms, s.address,
    s.user_agent, least(s.expires_at, x.expires_at) AS expires_at,
    coalesce(s.ended_at, CASE WHEN s.secret_id IS NOT NULL AND x.id IS NULL THEN s.created_at END) AS ended_at
  FROM sessions s LEFT JOIN api_key_secrets x ON x.id = s.secret_id`;

const IS_OPEN = `s.ended_at IS NULL AND least(s.expires_at, x.expires_at) > $3
  AND s.used_at + s.idle_ms * interval '1 millisecond' > $3 AND (s.secret_id IS NULL OR x.id IS NOT NULL)`;

export function sessionRecords(query: Query): SessionRecords {
  const one = async (condition: string, value: unknown): Promise<Session | null> => {
    const [row] = await query<SessionRow>(`${SELECT} WHERE ${condition}`, [value]);
    return row === undefined ? null : toSession(row);
  };
  return {
    async createSession(session, digest) {
      const { id, keyId, secretId, customerId, scopes, createdAtMs, usedAtMs, idleMs, expiresAtMs, endedAtMs } =
        session;
      const times = [toTime(createdAtMs), toTime(usedAtMs), idleMs, toTime(expiresAtMs), toTime(endedAtMs)];
      const holder = [keyId, secretId, customerId, secretId === null, scopes];
      await query(INSERT, [id, Buffer.from(digest), ...holder, ...times, session.address, session.userAgent]);
      await query(
        `DELETE FROM sessions WHERE id IN
           (SELECT id FROM sessions WHERE key_id = $1 ORDER BY id DESC OFFSET ${SESSIONS_PER_KEY_MAX})`,
        [keyId],
      );
    },
    session: (id) => one('s.id = $1', id),
    sessionByDigest: (digest) => one('s.digest = $1', Buffer.from(digest)),
    async sessions({ limit, after, customerId, nowMs }) {
      const rows = await query<SessionRow>(
        `${SELECT} WHERE s.id > $1 AND ($4::text IS NULL OR s.customer_id = $4) AND ${IS_OPEN} ORDER BY s.id LIMIT $2`,
        [after ?? '', limit, toTime(nowMs), customerId ?? null],
      );
      return rows.map(toSession);
    },
    async noteSessionUse(id, usedAtMs) {
      await query('UPDATE sessions SET used_at = $2 WHERE id = $1 AND used_at < $2', [id, toTime(usedAtMs)]);
    },
    async endSession(id, endedAtMs) {
      await query('UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL', [id, toTime(endedAtMs)]);
    },
    async createPortalLink({ id, keyId, customerId, scopes, sessionMs, expiresAtMs }, digest) {
      await query(
        `INSERT INTO portal_links (id, digest, key_id, customer_id, scopes, session_ms, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, Buffer.from(digest), keyId, customerId, scopes, sessionMs, toTime(expiresAtMs)],
      );
    },
    async takePortalLink(digest) {
      const [row] = await query<PortalLinkRow>(
        'DELETE FROM portal_links WHERE digest = $1 RETURNING id, key_id, customer_id, scopes, session_ms, expires_at',
        [Buffer.from(digest)],
      );
      return row === undefined ? null : toPortalLink(row);
    },
    async removeExpiredSessions(nowMs) {
      for (const table of ['sessions', 'portal_links']) {
        await query(
          `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`,
          [toTime(nowMs), REMOVED_MAX],
        );
      }
    },
  };
}

function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    keyId: row.key_id,
    secretId: row.secret_id,
    customerId: row.customer_id,
    scopes: row.scopes === null ? null : knownScopes(row.scopes),
    createdAtMs: row.created_at.getTime(),
    usedAtMs: row.used_at.getTime(),
    idleMs: Number(row.idle_ms),
    expiresAtMs: row.expires_at.getTime(),
    endedAtMs: fromTime(row.ended_at),
    address: row.address,
    userAgent: row.user_agent,
  };
}

function toPortalLink(row: PortalLinkRow): PortalLink {
  return {
    id: row.id,
    keyId: row.key_id,
    customerId: row.customer_id,
    scopes: knownScopes(row.scopes),
    sessionMs: Number(row.session_ms),
    expiresAtMs: row.expires_at.getTime(),
  };
}
