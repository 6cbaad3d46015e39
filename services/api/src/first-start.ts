// The first start of a deployment: its organization, and a key for the operator whose secret is written to a file.

import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Accounts, ApiKey, AuditEntry, Organization } from '@tollgate/accounts';
import { type Clock, ConfigurationError, type IdGenerator, type Logger } from '@tollgate/runtime';
import { newSecret } from './new-secret.ts';

interface FirstStartOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly logger: Logger;
  readonly pepper: string;
  readonly organization: { readonly name: string; readonly currency: string; readonly zone: string };
  readonly operatorKeyFile: string | undefined;
}

/** Does nothing when there is an organization. Processes that start at once make one between them. */
export async function firstStart(options: FirstStartOptions): Promise<void> {
  const { accounts, clock, newId, logger, pepper, operatorKeyFile } = options;
  await accounts.exclusively('first-start', async (records) => {
    if ((await records.organization()) !== null) return;
    if (operatorKeyFile === undefined) throw new ConfigurationError([NO_FILE]);
    const createdAtMs = clock.now();
    const organization = { ...options.organization, id: newId('org'), createdAtMs };
    const key: ApiKey = {
      id: newId('key'),
      name: 'Operator',
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
      createdAtMs,
    };
    const { secret, stored } = newSecret({ mode: key.mode, pepper, newId, nowMs: createdAtMs });
    await records.createOrganization(organization);
    await records.createKey(key, stored);
    for (const entry of auditOfFirstStart(organization, key)) await records.appendAudit(entry);
    // Before the commit: a crash in between leaves a file without a key, and the next start writes both again. The other
    // way round it would leave a key that nobody has.
    await writeSecretFile(operatorKeyFile, `${secret}\n`);
    logger.info(
      { organizationId: organization.id, keyId: key.id, file: operatorKeyFile },
      "made the organization and the operator's key",
    );
  });
}

/** Nobody asked for it: the system itself did it. */
function auditOfFirstStart(organization: Organization, key: ApiKey): readonly AuditEntry[] {
  const { id, name, currency, zone } = organization;
  const own = { actor: { keyId: null }, customerId: null, origin: null, before: null };
  return [
    {
      ...own,
      action: 'organization.created',
      subject: { type: 'organization', id },
      after: { id, name, currency, zone },
    },
    {
      ...own,
      action: 'key.created',
      subject: { type: 'key', id: key.id },
      after: { id: key.id, name: key.name, scopes: key.scopes },
    },
  ];
}

const NO_FILE =
  "This deployment has no organization yet. Set TOLLGATE_OPERATOR_KEY_FILE to the path of a file that does not exist: the operator's key is written there at the first start.";

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
