// Answers that are kept, so that a request sent again has no second effect. The row is written in the transaction of the
// effect: a process that dies in between leaves neither.

import type { IdempotentOutcome, IdempotentRequest } from './accounts.ts';
import { lockNumberOf, type Query } from './postgres-query.ts';

/** Expired rows removed with each new one: more than one, so that they cannot pile up. */
const EXPIRED_REMOVED_MAX = 20;

export async function answerOnce(
  query: Query,
  request: IdempotentRequest,
  work: () => Promise<Uint8Array>,
): Promise<IdempotentOutcome> {
  const { callerId, key, keptForMs } = request;
  const requestHash = Buffer.from(request.requestHash);
  // Not waited for: whoever sends the same request twice at once is told so.
  const [lock] = await query<{ is_ours: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS is_ours', [
    lockNumberOf(`idempotency/${callerId}/${key}`),
  ]);
  if (lock?.is_ours !== true) return { state: 'in_use' };

  const [kept] = await query<{ request_hash: Buffer; answer: Buffer }>(
    `SELECT request_hash, answer FROM idempotency_keys
     WHERE caller_id = $1 AND key = $2 AND expires_at > statement_timestamp()`,
    [callerId, key],
  );
  if (kept !== undefined) {
    return kept.request_hash.equals(requestHash) ? { state: 'replayed', answer: kept.answer } : { state: 'reused' };
  }

  const answer = await work();
  await query(
    `INSERT INTO idempotency_keys (caller_id, key, request_hash, answer, expires_at)
     VALUES ($1, $2, $3, $4, statement_timestamp() + $5 * interval '1 millisecond')
     ON CONFLICT (caller_id, key) DO UPDATE
     SET request_hash = excluded.request_hash, answer = excluded.answer, expires_at = excluded.expires_at`,
    [callerId, key, requestHash, Buffer.from(answer), keptForMs],
  );
  await query(
    `DELETE FROM idempotency_keys WHERE (caller_id, key) IN (
       SELECT caller_id, key FROM idempotency_keys WHERE expires_at < statement_timestamp()
       ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [EXPIRED_REMOVED_MAX],
  );
  return { state: 'done', answer };
}
