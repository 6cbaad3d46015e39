// Appending to the audit log: all entries of a transaction at its very end, so that the one row that every writer locks is
// held for a statement and the commit, and is always the last lock that is taken.

import { canonicalJson, type JsonObject } from '@tollgate/domain';
import type { AuditEntry } from './accounts.ts';
import { type ChainedEntry, type ChainKeys, chainHash } from './audit-chain.ts';
import type { Query } from './postgres-query.ts';

interface HeadRow {
  readonly sequence: string;
  readonly hash: Buffer;
}

const LOCK_HEAD = 'SELECT sequence, hash FROM audit_head FOR UPDATE';

const APPEND = `
  WITH entries AS (
    SELECT * FROM json_to_recordset($1::json) AS entry (
      sequence bigint, at timestamptz, action text, actor_key_id text, customer_id text, subject_type text,
      subject_id text, address text, request_id text, before text, after text, reason text, fact text, hash text)
  ), appended AS (
    INSERT INTO audit_log (sequence, at, action, actor_key_id, customer_id, subject_type, subject_id, address,
      request_id, before, after, reason, fact, hash_key, hash)
    SELECT sequence, at, action, actor_key_id, customer_id, subject_type, subject_id, address,
      request_id, before::json, after::json, reason, fact, $2, decode(hash, 'hex')
    FROM entries
  )
  UPDATE audit_head SET sequence = $3, hash = $4`;

export async function appendEntries(
  query: Query,
  entries: readonly AuditEntry[],
  { keys, nowMs }: { readonly keys: ChainKeys; readonly nowMs: number },
): Promise<void> {
  const [head] = await query<HeadRow>(LOCK_HEAD);
  if (head === undefined) throw new Error('the head of the audit log is missing');
  const told = await factsTold(query, entries);
  let sequence = BigInt(head.sequence);
  let hash: Uint8Array = head.hash;
  const rows: JsonObject[] = [];
  for (const entry of entries) {
    if (entry.fact !== undefined && told.has(storable(entry.fact))) continue;
    if (entry.fact !== undefined) told.add(storable(entry.fact));
    sequence += 1n;
    const chained = toChained(entry, { sequence, atMs: nowMs });
    const next = chainHash(hash, chained, keys.current);
    rows.push(toRow(chained, next));
    hash = next;
  }
  if (rows.length === 0) return;
  await query(APPEND, [canonicalJson(rows), keys.current.fingerprint, sequence.toString(), hash]);
}

/** Looked up while the head is locked: nobody enters one of them meanwhile. */
async function factsTold(query: Query, entries: readonly AuditEntry[]): Promise<Set<string>> {
  const facts = entries.flatMap(({ fact }) => (fact === undefined ? [] : [storable(fact)]));
  if (facts.length === 0) return new Set();
  const rows = await query<{ fact: string }>('SELECT fact FROM audit_log WHERE fact = ANY($1)', [facts]);
  return new Set(rows.map(({ fact }) => fact));
}

function toChained(entry: AuditEntry, place: { readonly sequence: bigint; readonly atMs: number }): ChainedEntry {
  const { action, actor, customerId, subject, origin, before, after, reason, fact } = entry;
  return {
    ...place,
    action,
    actorKeyId: actor.keyId,
    customerId,
    subjectType: subject.type,
    subjectId: storable(subject.id),
    address: origin?.address ?? null,
    requestId: origin?.requestId ?? null,
    before: before === null ? null : canonicalJson(before),
    after: after === null ? null : canonicalJson(after),
    reason: reason === undefined ? null : storable(reason),
    fact: fact === undefined ? null : storable(fact),
  };
}

/** What comes from callers may hold what no column of text takes; the entry is worth more than the letter. */
function storable(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd').replaceAll('\u0000', '\ufffd');
}

function toRow(entry: ChainedEntry, hash: Buffer): JsonObject {
  return {
    sequence: entry.sequence,
    at: new Date(entry.atMs).toISOString(),
    action: entry.action,
    actor_key_id: entry.actorKeyId,
    customer_id: entry.customerId,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    address: entry.address,
    request_id: entry.requestId,
    before: entry.before,
    after: entry.after,
    reason: entry.reason,
    fact: entry.fact,
    hash: hash.toString('hex'),
  };
}
