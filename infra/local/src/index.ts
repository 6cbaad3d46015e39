export { findChromium } from './chromium.ts';
export { startClickHouse } from './clickhouse.ts';
export { startKafka } from './kafka.ts';
export type { LocalServer, StartOptions } from './local-server.ts';
export { fetchMavenJars } from './maven-jars.ts';
export { startPostgres } from './postgres.ts';
export { findPromtool } from './promtool.ts';
export { startRedis } from './redis.ts';
export { SetupError } from './setup-error.ts';
