// What the counter is measured against: reading the log and inserting columns that are ready, as many rows as records came.
// The columns are those of rows that the counter stored.
//
// node ready-columns.mjs REDIS_URL CLICKHOUSE_URL LOG_NAME PARTITIONS ROWS

import http from 'node:http';
import process from 'node:process';
import { Readable } from 'node:stream';
import { createClient } from '@clickhouse/client';
import { createRedisLog } from '@tollgate/event-log';
import { createLogger } from '@tollgate/runtime';

const ROWS_PER_INSERT = 5_000;
const TABLES = ['usage_rows', 'receipts'];
const [redisUrl, clickhouseUrl, name, partitions, rows] = process.argv.slice(2);
const clickhouse = createClient({ url: clickhouseUrl, clickhouse_settings: { async_insert: 0 } });
const logger = createLogger({ service: 'ready-columns', level: 'silent' });
const log = createRedisLog({ url: redisUrl, name, partitionCount: Number(partitions), logger });

async function bytesOf(query) {
  const { stream } = await clickhouse.exec({ query });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Its columns without those that the server computes, and blocks of its rows as they are sent. */
async function prepare(table) {
  await bytesOf(`CREATE TABLE ready_${table} AS ${table}`);
  const columns = (
    await bytesOf(`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '${table}'
      AND default_kind = '' FORMAT TSV`)
  ).toString();
  const names = columns.trim().split('\n').join(', ');
  const blocks = [];
  for (let from = 0; from < Number(rows); from += ROWS_PER_INSERT) {
    const query = `SELECT ${names} FROM ${table} LIMIT ${from}, ${ROWS_PER_INSERT} FORMAT Native`;
    blocks.push(await bytesOf(query));
  }
  return { sql: `INSERT INTO ready_${table} (${names}) FORMAT Native`, blocks };
}

const tables = [];
for (const table of TABLES) tables.push(await prepare(table));

let recordsWaiting = 0;
let next = 0;
async function insertReady(records) {
  recordsWaiting += records;
  while (recordsWaiting >= ROWS_PER_INSERT) {
    recordsWaiting -= ROWS_PER_INSERT;
    const block = next++;
    for (const { sql, blocks } of tables) {
      const { stream } = await clickhouse.exec({
        query: sql,
        values: Readable.from([blocks[block % blocks.length]], { objectMode: false }),
      });
      stream.resume();
    }
  }
}

await log.ensure();
void log.reader({ group: 'counter' }).run(async (batch) => insertReady(batch.records.length));
const server = http.createServer();
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
