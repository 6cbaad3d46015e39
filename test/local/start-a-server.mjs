// Started by the tests as the parent that is killed: starts one server from the built package, says its pid, and waits.
//
// Usage: node start-a-server.mjs Redis DIR

import process from 'node:process';
import { startClickHouse, startKafka, startPostgres, startRedis } from '@tollgate/local';

const STARTS = { ClickHouse: startClickHouse, Kafka: startKafka, Postgres: startPostgres, Redis: startRedis };

const [name, dir] = process.argv.slice(2);
const server = await STARTS[name]({ dir });
process.stdout.write(`${JSON.stringify({ pid: server.pid })}\n`);
setInterval(() => undefined, 60_000);
