// The audit log on a real Postgres: nothing is lost, doubled or changed without a trace.

import type { Accounts, AuditEntry } from '@tollgate/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId, openAccounts, type PostgresFixture, runSql, startPostgresFixture } from './postgres-fixture.ts';

let fixture: PostgresFixture;
let url: string;
let accounts: Accounts;

beforeAll(async () => {
  fixture = await startPostgresFixture();
  url = await fixture.createDatabase();
  accounts = openAccounts(url);
  await accounts.migrate();
});
afterAll(async () => {
  await accounts?.close();
  await fixture?.close();
});

function entryOf(fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    action: 'customer.created',
    actor: { keyId: 'key_1' },
    customerId: null,
    subject: { type: 'customer', id: newId('cus') },
    origin: { address: '203.0.113.7', requestId: 'r' },
    before: null,
    after: { name: 'é "x" \u2028', count: 9007199254740993n, list: [1, 0.5, null] },
    ...fields,
  };
}

it('transactions that append at once are chained in a row without gaps', async () => {
  const before = await countOf();
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      accounts
        .transaction(async (records) => {
          await records.appendAudit(entryOf());
          if (index % 4 === 3) throw new Error('given up');
          await records.appendAudit(entryOf());
        })
        .catch(() => undefined),
    ),
  );
  expect(await countOf()).toBe(before + 60);
});

async function countOf(): Promise<number> {
  const [row] = await runSql<{ n: number }>(url, 'SELECT count(*)::int AS n FROM audit_log');
  return row?.n ?? -1;
}
