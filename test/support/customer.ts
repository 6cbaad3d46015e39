// A fresh customer with a key of its own, so that tests on one stack do not see each other.

import { randomUUID } from 'node:crypto';
import { type ApiClient, createApiClient } from './api-client.ts';
import type { Stack } from './stack.ts';

export interface TestCustomer {
  readonly customerId: string;
  readonly keyId: string;
  readonly secret: string;
  /** The API as the operator calls it. */
  readonly api: ApiClient;
  /** Ingest as the customer's key calls it. */
  readonly ingest: ApiClient;
}

export async function createTestCustomer(stack: Stack, fields: object = {}): Promise<TestCustomer> {
  const api = createApiClient(stack.api.url, stack.operatorKey);
  const customer = await api.json<{ id: string }>(
    api.post('/v1/customers', { name: `test ${randomUUID()}`, ...fields }),
  );
  const scopes = ['usage:write', 'usage:read', 'limits:check'];
  const key = await api.json<{ id: string; secret: string }>(
    api.post('/v1/keys', { name: 'test', customer: customer.id, scopes }),
  );
  return {
    customerId: customer.id,
    keyId: key.id,
    secret: key.secret,
    api,
    ingest: createApiClient(stack.ingest.url, key.secret),
  };
}
