// Holds an idempotency key as a request that takes its time does: by the lock that the accounts store takes for it.

import { createHash } from 'node:crypto';
import { Client } from 'pg';

export async function holdIdempotencyKey(
  url: string,
  held: { readonly callerId: string; readonly key: string },
): Promise<() => Promise<void>> {
  const name = `idempotency/${held.callerId}/${held.key}`;
  const lock = createHash('sha256').update(name).digest().readBigInt64BE().toString();
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1)', [lock]);
  return () => client.end();
}
