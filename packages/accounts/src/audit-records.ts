// Reading the audit log: by what was done, to what, by whom, for which customer and when.

import type { AccountRecords, AuditHead, AuditLogEntry, AuditQuestion } from './accounts.ts';
import type { ChainedEntry } from './audit-chain.ts';
import type { Query } from './postgres-query.ts';

export interface AuditRow {
  readonly sequence: string;
  readonly at: Date;
  readonly action: string;
  readonly actor_key_id: string | null;
  readonly customer_id: string | null;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly fact: string | null;
  readonly hash_key: string;
  readonly hash: Buffer;
}

/** `before` and `after` as text: read as numbers, long ones would lose digits. */
export const AUDIT_COLUMNS = `sequence, at, action, actor_key_id, customer_id, subject_type, subject_id, address,
  request_id, before::text AS before, after::text AS after, reason, fact, hash_key, hash`;

// A parameter that is null filters nothing. The planner sees the values, since the statement is not a prepared one.
const SELECT = `
  SELECT ${AUDIT_COLUMNS} FROM audit_log
  WHERE ($2::bigint IS NULL OR sequence < $2) AND ($3::bigint IS NULL OR sequence > $3)
    AND ($4::text[] IS NULL OR action = ANY($4))
    AND ($5::text IS NULL OR customer_id = $5)
    AND ($6::text[] IS NULL OR subject_type = ANY($6))
    AND ($7::text IS NULL OR subject_id = $7)
    AND ($8::text IS NULL OR actor_key_id = $8)
    AND ($9::timestamptz IS NULL OR at >= $9) AND ($10::timestamptz IS NULL OR at < $10)
  ORDER BY sequence`;
const OLDEST_FIRST = `${SELECT} LIMIT $1`;
const NEWEST_FIRST = `${SELECT} DESC LIMIT $1`;

export function auditRecords(query: Query): Pick<AccountRecords, 'auditEntries' | 'auditHead'> {
  return {
    async auditEntries(question) {
      const rows = await query<AuditRow>(question.order === 'oldest_first' ? OLDEST_FIRST : NEWEST_FIRST, [
        question.limit,
        ...parametersOf(question),
      ]);
      return rows.map(toEntry);
    },
    auditHead: () => readHead(query),
  };
}

export async function readHead(query: Query): Promise<AuditHead> {
  const [head] = await query<{ sequence: string; hash: Buffer }>('SELECT sequence, hash FROM audit_head');
  if (head === undefined) throw new Error('the head of the audit log is missing');
  return { sequence: BigInt(head.sequence), hash: head.hash.toString('hex') };
}

function parametersOf(question: AuditQuestion): readonly unknown[] {
  const { order, after } = question;
  const cursor = after?.toString() ?? null;
  return [
    order === 'newest_first' ? cursor : null,
    order === 'oldest_first' ? cursor : null,
    question.actions ?? null,
    question.customerId ?? null,
    question.subjectTypes ?? null,
    question.subjectId ?? null,
    question.actorKeyId ?? null,
    question.startMs === undefined ? null : new Date(question.startMs),
    question.endMs === undefined ? null : new Date(question.endMs),
  ];
}

function toEntry(row: AuditRow): AuditLogEntry {
  const { address, request_id: requestId } = row;
  return {
    sequence: BigInt(row.sequence),
    atMs: row.at.getTime(),
    action: row.action,
    actor: { keyId: row.actor_key_id },
    customerId: row.customer_id,
    subject: { type: row.subject_type, id: row.subject_id },
    origin: address === null || requestId === null ? null : { address, requestId },
    before: row.before === null ? null : JSON.parse(row.before),
    after: row.after === null ? null : JSON.parse(row.after),
    reason: row.reason,
    hash: row.hash.toString('hex'),
  };
}

export function toChainedEntry(row: AuditRow): ChainedEntry {
  return {
    sequence: BigInt(row.sequence),
    atMs: row.at.getTime(),
    action: row.action,
    actorKeyId: row.actor_key_id,
    customerId: row.customer_id,
    subjectType: row.subject_type,
    subjectId: row.subject_id,
    address: row.address,
    requestId: row.request_id,
    before: row.before,
    after: row.after,
    reason: row.reason,
    fact: row.fact,
  };
}
