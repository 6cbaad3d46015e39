// A customer with one key that may report usage, for benchmarks of ingest.

import { randomUUID } from 'node:crypto';
import { createPostgresAccounts } from '@tollgate/accounts';
import { digestOfKeySecret, generateKeySecret, hintOfKeySecret, pepperIdOf } from '@tollgate/auth';
import { createLogger, systemClock } from '@tollgate/runtime';

/** Answers with the key's secret. */
export async function createBenchKey({ databaseUrl, pepper, scopes = ['usage:write'] }) {
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const accounts = createPostgresAccounts({ url: databaseUrl, clock: systemClock, logger });
  await accounts.migrate();
  const createdAtMs = Date.now();
  const common = { metadata: {}, createdAtMs };
  await accounts.createCustomer({
    ...{ id: 'cus_1', name: 'bench', externalId: null, currency: 'EUR', zone: 'UTC', billingDay: 1 },
    ...{ suspendedAtMs: null, suspensionReason: null, keyPolicy: { keysMax: 10, allowedScopes: null } },
    ...common,
  });
  const secret = generateKeySecret('test');
  const key = {
    ...{ id: 'key_1', name: 'bench', customerId: 'cus_1', projectId: null, mode: 'test', scopes },
    ...{ allowedModels: null, allowedIps: null, rateLimits: { requestsPerMinute: null, tokensPerMinute: null } },
    ...{ isEnabled: true, expiresAtMs: null },
    ...common,
  };
  const digest = digestOfKeySecret(secret, pepper);
  await accounts.createKey(key, {
    id: `sec_${randomUUID()}`,
    digest,
    pepperId: pepperIdOf(pepper),
    hint: hintOfKeySecret(secret),
    createdAtMs,
  });
  await accounts.close();
  return secret;
}
