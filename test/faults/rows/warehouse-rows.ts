// ClickHouse: killed, full, overloaded, out of reach. That it hangs for minutes is in `clickhouse-hangs.test.ts`.

import { setTimeout as pause } from 'node:timers/promises';
import { interrupt, isInsert, killServer, loseAnswers } from '../acts.ts';
import type { FaultRow } from '../fault-row.ts';
import { acknowledgedMore, type Scene } from '../scene.ts';

const AWAY_MS = 15_000;
const TABLES = ['usage_rows', 'receipts'];

export const WAREHOUSE_ROWS: readonly FaultRow[] = [
  {
    name: 'ClickHouse killed in the middle of inserts',
    extent: 'pipe',
    async fault(scene) {
      for (let round = 0; round < 3; round += 1) {
        await killServer(scene.stack.clickhouse);
        await acknowledgedMore(scene, 50);
      }
    },
  },
  {
    name: 'ClickHouse killed with an insert that has just arrived',
    extent: 'whole',
    async fault(scene) {
      const { links, clickhouse } = scene.stack;
      for (let round = 0; round < 3; round += 1) {
        await interrupt(links.clickhouse, { matches: isInsert, act: () => Promise.resolve() });
        await killServer(clickhouse);
        await acknowledgedMore(scene, 50);
      }
    },
  },
  {
    name: "ClickHouse's answers to inserts lost",
    extent: 'whole',
    fault: ({ stack }) => loseAnswers(stack.links.clickhouse, { count: 15, matches: isInsert }),
  },
  {
    name: 'ClickHouse that has too many parts to take another insert',
    extent: 'whole',
    async fault(scene) {
      const limit = (sql: string) => Promise.all(TABLES.map((table) => run(scene, `ALTER TABLE ${table} ${sql}`)));
      await limit('MODIFY SETTING parts_to_delay_insert = 1, parts_to_throw_insert = 1');
      await pause(AWAY_MS);
      await limit('RESET SETTING parts_to_delay_insert, parts_to_throw_insert');
    },
  },
  {
    name: "ClickHouse's disk full",
    extent: 'whole',
    async fault({ stack }) {
      const disk = stack.disk('clickhouse');
      await disk.fill();
      await pause(AWAY_MS);
      await disk.free();
    },
  },
  {
    name: 'ClickHouse out of reach, and connections to it that pass nothing on',
    extent: 'whole',
    async fault({ stack }) {
      const { clickhouse } = stack.links;
      clickhouse.cut();
      await pause(AWAY_MS);
      clickhouse.swallow();
      await pause(AWAY_MS);
      clickhouse.heal();
      clickhouse.reset();
    },
  },
];

async function run({ stack }: Scene, sql: string): Promise<void> {
  const res = await fetch(stack.clickhouse.url, { method: 'POST', body: sql, signal: AbortSignal.timeout(30_000) });
  if (!res.ok) throw new Error(await res.text());
}
