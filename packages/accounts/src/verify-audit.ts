// Walks the audit log from its first entry to its head and tells the first place where it is not what was written.

import type { AuditHead, AuditVerdict } from './accounts.ts';
import { type ChainKeys, chainHash } from './audit-chain.ts';
import { AUDIT_COLUMNS, type AuditRow, readHead, toChainedEntry } from './audit-records.ts';
import type { Query } from './postgres-query.ts';

const ROWS_AT_ONCE = 1_000;
const FIRST_HASH = new Uint8Array(32);

// Half a millisecond would be rounded away by a `Date`, and nobody would see that it was put there.
const SELECT = `
  SELECT ${AUDIT_COLUMNS}, at <> date_trunc('milliseconds', at) AS is_time_finer FROM audit_log
  WHERE sequence > $1 ORDER BY sequence LIMIT $2`;

type WalkedRow = AuditRow & { readonly is_time_finer: boolean };

/** `anchor`: a head that was noted before, outside of the database. */
export async function verifyAudit(query: Query, keys: ChainKeys, anchor: AuditHead | undefined): Promise<AuditVerdict> {
  // The head first: what is appended meanwhile lies beyond it, and is not looked at.
  const head = await readHead(query);
  let sequence = 0n;
  let hash: Uint8Array = FIRST_HASH;
  const broken = (at: bigint, reason: BrokenReason): AuditVerdict => ({ kind: 'broken', sequence: at, reason });

  while (sequence < head.sequence) {
    const rows = await query<WalkedRow>(SELECT, [sequence.toString(), ROWS_AT_ONCE]);
    if (rows.length === 0) return broken(sequence + 1n, 'missing');
    for (const row of rows.filter((one) => BigInt(one.sequence) <= head.sequence)) {
      const entry = toChainedEntry(row);
      if (entry.sequence !== sequence + 1n) return broken(sequence + 1n, 'missing');
      const key = keys.byFingerprint.get(row.hash_key);
      if (key === undefined) return broken(entry.sequence, 'unknown_key');
      const expected = chainHash(hash, entry, key);
      if (row.is_time_finer || !expected.equals(row.hash)) return broken(entry.sequence, 'altered');
      if (anchor?.sequence === entry.sequence && anchor.hash !== expected.toString('hex')) {
        return broken(entry.sequence, 'not_the_anchor');
      }
      sequence = entry.sequence;
      hash = expected;
    }
    if (sequence < head.sequence && BigInt(rows.at(-1)?.sequence ?? 0) > head.sequence) {
      return broken(sequence + 1n, 'missing');
    }
  }
  if (head.hash !== Buffer.from(hash).toString('hex')) return broken(head.sequence, 'not_the_head');
  if (anchor !== undefined && anchor.sequence > head.sequence) return broken(head.sequence + 1n, 'missing');
  const [beyond] = await query<{ sequence: string | null }>(BEYOND, [head.sequence.toString()]);
  if (beyond?.sequence != null) return broken(BigInt(beyond.sequence), 'beyond_the_head');
  return { kind: 'intact', head };
}

type BrokenReason = Extract<AuditVerdict, { kind: 'broken' }>['reason'];

// One statement, so that the head and the rows are of one instant: rows that were committed with a later head are fine.
const BEYOND = `
  SELECT min(sequence) AS sequence FROM audit_log
  WHERE sequence > $1 AND sequence > (SELECT sequence FROM audit_head)`;
