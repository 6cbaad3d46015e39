// The audit log on a real Postgres: nothing is lost, doubled or changed without a trace.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Accounts, type AuditEntry, createPostgresAccounts } from '@tollgate/accounts';
import { createLogger, systemClock } from '@tollgate/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AUDIT_SECRET,
  newId,
  openAccounts,
  type PostgresFixture,
  runSql,
  startPostgresFixture,
} from './postgres-fixture.ts';

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
    after: { name: 'é "x" \u2028', count: 9007199254740993n, list: [1, 0.5, null], '': { b: 1, a: 2 } },
    ...fields,
  };
}

describe('appending', () => {
  it('transactions that append at once are chained in a row without gaps, and those that fail leave nothing', async () => {
    const { sequence } = await accounts.auditHead();
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
    expect(await accounts.verifyAudit()).toMatchObject({ kind: 'intact', head: { sequence: sequence + 60n } });
  });

  it('the end of the log is locked at the end of a transaction, not while it works', async () => {
    let finish = (): void => undefined;
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = accounts.transaction(async (records) => {
      await records.appendAudit(entryOf({ action: 'slow.done' }));
      await working;
    });
    await accounts.appendAudit(entryOf({ action: 'quick.done' }));
    finish();
    await slow;
    const [last, first] = await accounts.auditEntries({ order: 'newest_first', limit: 2 });
    expect([first?.action, last?.action]).toEqual(['quick.done', 'slow.done']);
  });

  it('a fact that is reported by several at once is entered once', async () => {
    const fact = newId('fact');
    await Promise.all(Array.from({ length: 8 }, () => accounts.appendAudit(entryOf({ action: 'once', fact }))));
    await accounts.transaction(async (records) => {
      await records.appendAudit(entryOf({ action: 'once', fact }));
      await records.appendAudit(entryOf({ action: 'once', fact: `${fact}2` }));
    });
    expect(await accounts.auditEntries({ actions: ['once'], order: 'oldest_first', limit: 10 })).toHaveLength(2);
    expect(await accounts.verifyAudit()).toMatchObject({ kind: 'intact' });
  });

  it('a process without the secret appends nothing', async () => {
    const logger = createLogger({ service: 'test', level: 'silent' });
    const other = createPostgresAccounts({ url, clock: systemClock, logger });
    await expect(other.appendAudit(entryOf())).rejects.toThrow('no secret');
    await other.close();
  });

  it('what is told is written with the fact, or not at all', async () => {
    const count = async (): Promise<number> =>
      (await runSql<{ n: number }>(url, 'SELECT count(*)::int AS n FROM outbox'))[0]?.n ?? -1;
    const before = await count();
    const tell = { type: 'key.created', customerId: 'cus_1', data: { key: 'key_1', tokens: 2n ** 60n } } as const;
    await accounts.transaction((records) => records.tell(tell));
    const failing = accounts.transaction(async (records) => {
      await records.tell(tell);
      throw new Error('given up');
    });
    await expect(failing).rejects.toThrow('given up');
    expect(await count()).toBe(before + 1);
    expect(await runSql(url, "SELECT data ->> 'tokens' AS tokens FROM outbox")).toEqual([{ tokens: `${2n ** 60n}` }]);
  });
});

describe('reading', () => {
  it('is by action, customer, subject, actor and time, from either end, page by page', async () => {
    const customerId = newId('cus');
    const ids = Array.from({ length: 5 }, () => newId('key'));
    const startMs = Date.now();
    for (const id of ids) {
      const subject = { type: 'key', id };
      await accounts.appendAudit(entryOf({ action: 'key.created', customerId, subject, actor: { keyId: id } }));
    }
    const subjects = async (question: object): Promise<readonly string[]> => {
      const found = await accounts.auditEntries({ order: 'oldest_first', limit: 100, customerId, ...question });
      return found.map(({ subject }) => subject.id);
    };
    expect(await subjects({})).toEqual(ids);
    expect(await subjects({ order: 'newest_first', limit: 2 })).toEqual([ids[4], ids[3]]);
    expect(await subjects({ subjectId: ids[1] })).toEqual([ids[1]]);
    expect(await subjects({ actorKeyId: ids[2] })).toEqual([ids[2]]);
    expect(await subjects({ actions: ['key.deleted'] })).toEqual([]);
    expect(await subjects({ subjectTypes: ['project'] })).toEqual([]);
    expect(await subjects({ endMs: startMs })).toEqual([]);
    expect(await subjects({ startMs })).toEqual(ids);
    const [, second] = await accounts.auditEntries({ order: 'oldest_first', limit: 2, customerId });
    if (second === undefined) throw new Error('there is no second entry');
    expect(await subjects({ after: second.sequence })).toEqual(ids.slice(2));
    expect(await subjects({ after: second.sequence, order: 'newest_first' })).toEqual([ids[0]]);
  });
});

describe('tampering', () => {
  it.each(["UPDATE audit_log SET reason = 'x'", 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    'by %s is refused',
    async (sql) => {
      await expect(runSql(url, sql)).rejects.toThrow('audit_log is append-only');
    },
  );

  /** What somebody could do who owns the database: the last rows are 10 entries before the head. */
  const CASES: readonly (readonly [what: string, sql: string, brokenAt: number, reason: string])[] = [
    ['an act is changed', "UPDATE audit_log SET action = 'x' WHERE sequence = 5", 5, 'altered'],
    [
      'white space is put into what was',
      "UPDATE audit_log SET after = (after::text || ' ')::json WHERE sequence = 5",
      5,
      'altered',
    ],
    ['the actor is taken away', 'UPDATE audit_log SET actor_key_id = NULL WHERE sequence = 5', 5, 'altered'],
    [
      'a time moves by a millisecond',
      "UPDATE audit_log SET at = at + interval '1 ms' WHERE sequence = 5",
      5,
      'altered',
    ],
    ['a time moves by less', "UPDATE audit_log SET at = at + interval '1 us' WHERE sequence = 5", 5, 'altered'],
    ['a hash is changed', "UPDATE audit_log SET hash = sha256('x') WHERE sequence = 5", 5, 'altered'],
    ['an entry is removed', 'DELETE FROM audit_log WHERE sequence = 5', 5, 'missing'],
    ['the first is removed', 'DELETE FROM audit_log WHERE sequence = 1', 1, 'missing'],
    [
      'an entry is removed and the rest closes up',
      'DELETE FROM audit_log WHERE sequence = 5; UPDATE audit_log SET sequence = sequence + 1000 WHERE sequence > 5; UPDATE audit_log SET sequence = sequence - 1001 WHERE sequence > 1005; UPDATE audit_head SET sequence = sequence - 1',
      5,
      'altered',
    ],
    [
      'two change places',
      'UPDATE audit_log SET sequence = 9999 WHERE sequence = 5; UPDATE audit_log SET sequence = 5 WHERE sequence = 6; UPDATE audit_log SET sequence = 6 WHERE sequence = 9999',
      5,
      'altered',
    ],
    [
      'one is put in between',
      "UPDATE audit_log SET sequence = sequence + 1000 WHERE sequence >= 5; UPDATE audit_log SET sequence = sequence - 999 WHERE sequence >= 1005; INSERT INTO audit_log (sequence, at, action, subject_type, subject_id, hash_key, hash) SELECT 5, at, 'x', 'x', 'x', hash_key, hash FROM audit_log WHERE sequence = 4; UPDATE audit_head SET sequence = sequence + 1",
      5,
      'altered',
    ],
    ['the last is removed', 'DELETE FROM audit_log WHERE sequence = (SELECT sequence FROM audit_head)', 0, 'missing'],
    ['another key is named', "UPDATE audit_log SET hash_key = 'x' WHERE sequence = 5", 5, 'unknown_key'],
    ['the head names another hash', "UPDATE audit_head SET hash = sha256('x')", 0, 'not_the_head'],
    [
      'one is put at the end',
      "INSERT INTO audit_log (sequence, at, action, subject_type, subject_id, hash_key, hash) SELECT sequence + 1, now(), 'x', 'x', 'x', 'x', hash FROM audit_head",
      1,
      'beyond_the_head',
    ],
    ['all is removed', 'DELETE FROM audit_log', 1, 'missing'],
  ];

  /** As somebody who owns the database, with its triggers off; afterwards everything is as it was. */
  async function whileTampered<Result>(sql: string, look: () => Promise<Result>): Promise<Result> {
    const off = 'SET session_replication_role = replica';
    await runSql(url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM audit_log');
    await runSql(url, 'DROP TABLE IF EXISTS kept_head; CREATE TABLE kept_head AS SELECT * FROM audit_head');
    await runSql(url, `${off}; ${sql}`);
    try {
      return await look();
    } finally {
      await runSql(
        url,
        `${off}; DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept;
        DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head`,
      );
    }
  }

  it.each(CASES)('%s: it is found', async (_what, sql, brokenAt, reason) => {
    const { sequence: last } = await accounts.auditHead();
    const verdict = await whileTampered(sql, () => accounts.verifyAudit());
    const isAtEnd = brokenAt === 0 || reason === 'beyond_the_head';
    const sequence = isAtEnd ? last + BigInt(brokenAt) : BigInt(brokenAt);
    expect(verdict).toEqual({ kind: 'broken', sequence, reason });
    expect(await accounts.verifyAudit()).toMatchObject({ kind: 'intact' });
  });

  it('that cuts the log short and sets its head back is found by a head that was noted before', async () => {
    const anchor = await accounts.auditHead();
    await accounts.appendAudit(entryOf());
    const cut = `DELETE FROM audit_log WHERE sequence >= ${anchor.sequence};
      UPDATE audit_head SET (sequence, hash) =
        (SELECT sequence, hash FROM audit_log WHERE sequence = ${anchor.sequence - 1n})`;
    await whileTampered(cut, async () => {
      expect(await accounts.verifyAudit()).toMatchObject({ kind: 'intact' });
      expect(await accounts.verifyAudit(anchor)).toEqual({
        kind: 'broken',
        sequence: anchor.sequence,
        reason: 'missing',
      });
      expect(await verifyByCommand(['--head', `${anchor.sequence}:${anchor.hash}`])).toMatchObject({ code: 1 });
    });
    expect(await accounts.verifyAudit(anchor)).toMatchObject({ kind: 'intact' });
  });

  it('by somebody who has the secret is found by a head that was noted before', async () => {
    const verdict = await accounts.verifyAudit({ sequence: 5n, hash: 'ab'.repeat(32) });
    expect(verdict).toEqual({ kind: 'broken', sequence: 5n, reason: 'not_the_anchor' });
  });

  it('is told by the command, with the first broken entry and a status of its own', async () => {
    const intact = await verifyByCommand([]);
    expect(intact).toEqual({
      code: 0,
      text: expect.stringMatching(/is intact: \d+ entries, head \d+:[0-9a-f]{64}\n$/),
    });
    const broken = await whileTampered("UPDATE audit_log SET reason = 'x' WHERE sequence = 7", () =>
      verifyByCommand([]),
    );
    expect(broken).toEqual({ code: 1, text: expect.stringMatching(/^The audit log is broken at entry 7: .*\.\n$/) });
    expect(await verifyByCommand(['--head', 'x'])).toMatchObject({ code: 78 });
  });

  async function verifyByCommand(args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
    const command = fileURLToPath(new URL('../../../services/api/dist/verify-audit-log.js', import.meta.url));
    const env = { PATH: process.env['PATH'], DATABASE_URL: url, TOLLGATE_KEY_PEPPER: AUDIT_SECRET };
    return await new Promise((resolve) => {
      execFile(process.execPath, [command, ...args], { env, timeout: 20_000 }, (error, stdout) => {
        resolve({ code: error === null ? 0 : Number(error.code), text: stdout });
      });
    });
  }

  it('another secret takes over without a break, and the log is whole to whoever has both', async () => {
    const logger = createLogger({ service: 'test', level: 'silent' });
    const auditSecrets = ['the secret that took its place, and is as long', AUDIT_SECRET];
    const next = createPostgresAccounts({ url, clock: systemClock, logger, auditSecrets });
    await next.appendAudit(entryOf());
    await accounts.appendAudit(entryOf());
    expect(await next.verifyAudit()).toMatchObject({ kind: 'intact' });
    expect(await accounts.verifyAudit()).toMatchObject({ kind: 'broken', reason: 'unknown_key' });
    await next.close();
  });
});
