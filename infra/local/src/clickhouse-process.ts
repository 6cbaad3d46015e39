// The ClickHouse server's own process. `libchdb` is the whole server behind one C function; the call below serves until
// its last query is killed. ffi-rs, because ClickHouse's check of its stack refuses callers that bring a stack of their own.
//
// Usage: node clickhouse-process.js PORT DATA_DIR

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { DataType, load, open } from 'ffi-rs';

const LIBRARIES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@chdb/lib-darwin-arm64',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'linux-x64': '@chdb/lib-linux-x64-gnu',
};

const QUERY = `
  SYSTEM START LISTEN HTTP;
  SELECT count() FROM system.numbers WHERE sleepEachRow(1)
  SETTINGS max_block_size = 1, max_execution_time = 0, function_sleep_max_microseconds_per_block = 0
  FORMAT Null`;

const [port, dataDir] = process.argv.slice(2);
const platform = `${process.platform}-${process.arch}`;
const library = LIBRARIES[platform];
if (library === undefined) {
  process.stderr.write(`There is no ClickHouse library for ${platform}: set CLICKHOUSE_URL to a server of your own.\n`);
  process.exit(78);
}

// The platform package is a dependency of chdb, not ours, so it is looked up from there.
const require = createRequire(import.meta.url);
const requireFromChdb = createRequire(require.resolve('chdb'));
open({ library: 'chdb', path: join(dirname(requireFromChdb.resolve(library)), 'libchdb.so') });

const args = [
  'clickhouse',
  `--path=${dataDir}`,
  `--http_port=${port}`,
  '--listen_host=127.0.0.1',
  '--query_id=keep-serving',
  '--logger.console=1',
  '--log-level=error',
  `--query=${QUERY}`,
];
load({
  library: 'chdb',
  funcName: 'query_stable_v2',
  retType: DataType.I64,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
});

// The tables are closed. The library's threads would keep an ordinary exit waiting for ever.
process.kill(process.pid, 'SIGKILL');
