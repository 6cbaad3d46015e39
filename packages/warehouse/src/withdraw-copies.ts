// The audit that takes copies back. Rows of one event in different hours do not collapse by themselves, so whatever
// receipts came lately are compared with the other receipts of their events, and every hour but the first copy's gets a
// tombstone. A tombstone has the version of the copy it gives way to: the hour then shows the earliest of its rows and
// tombstones, whatever order they came in, and a process that writes an old row again changes nothing.

import { audit, recordAudit } from './audit-progress.ts';
import type { Connection } from './connection.ts';
import { COPIES_WITHIN_MS } from './identity.ts';
import { insertMarked, SETTLED_AFTER_SECONDS, serverNowMs } from './marked-insert.ts';
import { type Column, flag, instant, text, uint128 } from './native-columns.ts';
import { loadSql } from './sql.ts';
import { halvesOf } from './version.ts';

/** A receipt is nearly always visible this soon after its time. The rest is what the thorough passes are for. */
const VISIBLE_AFTER_MS = 5_000;
const THOROUGH_EVERY_MS = 45_000;
const ROWS_PER_ROUND = 20_000;
const ROUNDS_MAX = 50;

const RECENT_SQL = loadSql('recent-receipts');
const WITHDRAW_SQL = loadSql('withdraw-copies');
const KEEP_SQL = loadSql('keep-withdrawn');
/** Their keys are a part of the address that is asked. */
const KEPT_AT_ONCE = 200;

interface Withdrawal {
  readonly customerId: string;
  readonly eventId: string;
  readonly timeMs: number;
  readonly version: bigint;
}

const KEY_COLUMNS: readonly Column<Withdrawal>[] = [
  text('customer_id', (row) => row.customerId),
  text('event_id', (row) => row.eventId),
  uint128('version', ({ version }) => halvesOf(version)),
];
const TOMBSTONE_COLUMNS: readonly Column<Withdrawal>[] = [
  ...KEY_COLUMNS,
  instant('time', (row) => row.timeMs),
  flag('is_deleted', () => true),
];
const WITHDRAWAL_COLUMNS: readonly Column<Withdrawal>[] = [...KEY_COLUMNS, instant('hour', (row) => row.timeMs)];

export async function withdrawCopies(connection: Connection): Promise<{ readonly withdrawn: number }> {
  const nowMs = await serverNowMs(connection);
  const { isThorough, insertedFromMs } = await nextPass(connection, nowMs);
  const recent = await recentReceipts(connection, insertedFromMs);
  let withdrawn = 0;
  let isDone = true;
  if (recent.receipts > 0) {
    const copies = { insertedFromMs, isOnlyVoids: false, receivedFromMs: recent.oldestReceivedMs - COPIES_WITHIN_MS };
    const ofCopies = await withdraw(connection, copies);
    withdrawn += ofCopies.withdrawn;
    isDone &&= ofCopies.isDone;
  }
  if (recent.voids > 0) {
    // A void names its event however long ago that came.
    const ofVoids = await withdraw(connection, { insertedFromMs, isOnlyVoids: true, receivedFromMs: 0 });
    withdrawn += ofVoids.withdrawn;
    isDone &&= ofVoids.isDone;
  }
  if (isDone) {
    await recordAudit(connection, { name: 'new copies', lookedUntilMs: nowMs });
    if (isThorough) await recordAudit(connection, { name: 'copies', lookedUntilMs: nowMs });
  }
  return { withdrawn };
}

/** A thorough pass looks again at all that may have become visible late; a quick one only at what is new. */
async function nextPass(connection: Connection, nowMs: number) {
  const thoroughMs = await audit(connection, 'copies');
  const isThorough = nowMs - thoroughMs >= THOROUGH_EVERY_MS;
  const fromMs = isThorough
    ? thoroughMs - SETTLED_AFTER_SECONDS * 1_000
    : Math.max(thoroughMs, await audit(connection, 'new copies')) - VISIBLE_AFTER_MS;
  return { isThorough, insertedFromMs: Math.max(0, fromMs) };
}

async function recentReceipts(connection: Connection, insertedFromMs: number) {
  const [row] = await connection.select<{ receipts: string; voids: string; oldest_received_ms: string }>(RECENT_SQL, {
    inserted_from_ms: insertedFromMs,
  });
  return {
    receipts: Number(row?.receipts ?? 0),
    voids: Number(row?.voids ?? 0),
    oldestReceivedMs: Number(row?.oldest_received_ms ?? 0),
  };
}

interface Search {
  readonly insertedFromMs: number;
  readonly isOnlyVoids: boolean;
  readonly receivedFromMs: number;
}

/** `isDone` is false when the rounds ran out first: the next pass goes on. */
async function withdraw(connection: Connection, search: Search) {
  let withdrawn = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = await connection.select<{
      customer_id: string;
      event_id: string;
      hour_seconds: number;
      version: string;
    }>(WITHDRAW_SQL, {
      inserted_from_ms: search.insertedFromMs,
      only_voids: search.isOnlyVoids,
      window_seconds: COPIES_WITHIN_MS / 1_000,
      received_from_ms: Math.max(0, search.receivedFromMs),
      limit: ROWS_PER_ROUND,
    });
    const rows = found.map((row) => ({
      customerId: row.customer_id,
      eventId: row.event_id,
      timeMs: row.hour_seconds * 1_000,
      version: BigInt(row.version),
    }));
    await keepWithdrawn(connection, rows);
    await insertMarked(connection, { columns: TOMBSTONE_COLUMNS, rows, at: (row) => row });
    const sql = `INSERT INTO tombstones (${WITHDRAWAL_COLUMNS.map(({ name }) => name).join(', ')})`;
    await connection.insert({ sql, columns: WITHDRAWAL_COLUMNS, rows });
    withdrawn += rows.length;
    if (rows.length < ROWS_PER_ROUND) return { withdrawn, isDone: true };
  }
  return { withdrawn, isDone: false };
}

/** Before the tombstones: a process that dies between has kept what is there still, and keeps it again. */
async function keepWithdrawn(connection: Connection, rows: readonly Withdrawal[]): Promise<void> {
  for (let start = 0; start < rows.length; start += KEPT_AT_ONCE) {
    const some = rows.slice(start, start + KEPT_AT_ONCE);
    await connection.run(KEEP_SQL, {
      customers: some.map(({ customerId }) => customerId),
      hours: some.map(({ timeMs }) => timeMs / 1_000),
      events: some.map(({ eventId }) => eventId),
    });
  }
}
