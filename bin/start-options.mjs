// The flags of `npm start`. Plain JavaScript, because it runs before anything is built: a mistyped flag or `--help` must
// not wait for an installation.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const PORT_DEFAULT = 8080;
const PORT_MAX = 65_534;

export const HELP = `Usage: npm start -- [flags]

Starts Tollgate and the servers it needs on this machine; Ctrl-C stops all of it.

  --no-demo    no demo customer and no sample traffic
  --kafka      Kafka is the event log (needs Java 17 and Maven) instead of Redis Streams
  --data DIR   where the data lies (default .tollgate/)
  --port N     ingest listens on N, the API on N + 1 (default ${PORT_DEFAULT})
  --help       this text

CLICKHOUSE_URL, DATABASE_URL, REDIS_URL and KAFKA_BROKERS each name a server of your own to use instead.
`;

/** A flag that does not exist or has no usable value; its message is for people. */
export class FlagError extends Error {
  name = 'FlagError';
}

/**
 * @param {readonly string[]} args
 * @returns {'help' | { dataDir: string, port: number, withDemo: boolean, withKafka: boolean }}
 */
export function parseStartOptions(args) {
  const flags = readFlags(args);
  if (flags.help) return 'help';
  const port = Number(flags.port ?? PORT_DEFAULT);
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) {
    throw new FlagError(`--port takes a number from 1 to ${PORT_MAX}; it is "${flags.port}".`);
  }
  if (flags.data === '') throw new FlagError('--data takes a folder.');
  return {
    dataDir: resolve(flags.data ?? '.tollgate'),
    port,
    withDemo: !flags['no-demo'],
    withKafka: flags.kafka ?? false,
  };
}

function readFlags(args) {
  const options = {
    'no-demo': { type: 'boolean' },
    kafka: { type: 'boolean' },
    data: { type: 'string' },
    port: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split('. ') : [String(error)];
    throw new FlagError(`${sentence}. The flags are --no-demo, --kafka, --data DIR, --port N and --help.`);
  }
}
