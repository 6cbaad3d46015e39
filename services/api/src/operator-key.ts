// A key for the operator that the system makes by itself, since nobody has one who could ask: at the first start, and
// when all that there were are lost.

import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AccountRecords, ApiKey } from '@tollgate/accounts';
import type { IdGenerator } from '@tollgate/runtime';
import { describeKey } from './key-json.ts';
import { newSecret } from './new-secret.ts';

interface OperatorKeyOptions {
  readonly records: AccountRecords;
  readonly newId: IdGenerator;
  readonly nowMs: number;
  readonly pepper: string;
  /** Where the secret is written. */
  readonly file: string;
  readonly name: string;
  /** Why, for the audit log. */
  readonly reason: string;
}

export async function makeOperatorKey(options: OperatorKeyOptions): Promise<ApiKey> {
  const { records, newId, nowMs, pepper, file, name, reason } = options;
  const key: ApiKey = {
    id: newId('key'),
    name,
    customerId: null,
    projectId: null,
    mode: 'live',
    scopes: ['admin'],
    allowedModels: null,
    allowedIps: null,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    isEnabled: true,
    expiresAtMs: null,
    metadata: {},
    createdAtMs: nowMs,
  };
  const { secret, stored } = newSecret({ mode: key.mode, pepper, newId, nowMs });
  await records.createKey(key, stored);
  await records.appendAudit({
    action: 'key.created',
    // Nobody's key asked for it: the system itself did it.
    actor: { keyId: null },
    customerId: null,
    subject: { type: 'key', id: key.id },
    origin: null,
    before: null,
    after: describeKey(key),
    reason,
  });
  // Before the commit: a crash in between leaves a file without a key, and the next start writes both again. The other
  // way round it would leave a key that nobody has.
  await writeSecretFile(file, `${secret}\n`);
  return key;
}

/** All or nothing, readable by its owner only, and on the disk when this resolves. */
async function writeSecretFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(temporary, 0o600);
  await rename(temporary, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
