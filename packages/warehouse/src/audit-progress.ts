// How far each audit has looked, by the server's clock; kept in the warehouse so that no restart forgets it.

import type { Connection } from './connection.ts';

/** `new copies`: the quick passes in between those of `copies`. */
export type AuditName = 'copies' | 'new copies' | 'rollups';

/** 0 before the first pass. */
export async function audit(connection: Connection, name: AuditName): Promise<number> {
  const [row] = await connection.select<{ looked_until_ms: string }>(
    'SELECT toUnixTimestamp64Milli(max(looked_until)) AS looked_until_ms FROM audit_progress WHERE audit = {audit:String}',
    { audit: name },
  );
  return Number(row?.looked_until_ms ?? 0);
}

export async function recordAudit(
  connection: Connection,
  progress: { readonly name: AuditName; readonly lookedUntilMs: number },
): Promise<void> {
  await connection.run(
    `INSERT INTO audit_progress (audit, looked_until)
     SELECT {audit:String}, fromUnixTimestamp64Milli({looked_until_ms:Int64}, 'UTC')`,
    { audit: progress.name, looked_until_ms: progress.lookedUntilMs },
  );
}
