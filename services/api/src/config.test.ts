import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

const USABLE = {
  DATABASE_URL: 'postgres://localhost/tollgate',
  CLICKHOUSE_URL: 'http://localhost:8123/tollgate',
  REDIS_URL: 'redis://localhost',
  TOLLGATE_KEY_PEPPER: 'x'.repeat(32),
};

it('has a default for all that can have one', () => {
  expect(readConfig(USABLE)).toMatchObject({
    port: 8081,
    log: { kind: 'redis-streams', url: 'redis://localhost', name: 'tollgate', durability: 'every-write' },
    organization: { name: 'My organization', currency: 'USD', zone: 'UTC' },
    operatorKeyFile: undefined,
  });
});

it('takes Kafka as the log when it has brokers', () => {
  expect(readConfig({ ...USABLE, KAFKA_BROKERS: 'a:9092, b:9092' }).log).toMatchObject({
    kind: 'kafka',
    brokers: ['a:9092', 'b:9092'],
  });
});

it.each([
  [{ TOLLGATE_CURRENCY: 'usd' }, /TOLLGATE_CURRENCY must be an ISO 4217/],
  [{ TOLLGATE_ZONE: '+02:00' }, /TOLLGATE_ZONE must be an IANA/],
  [{ TOLLGATE_ZONE: 'europe/berlin' }, /TOLLGATE_ZONE must be an IANA/],
  [{ TOLLGATE_KEY_PEPPER: 'short' }, /TOLLGATE_KEY_PEPPER must have at least 32/],
  [{ PORT: '70000' }, /PORT must be/],
])('refuses %j', (env, sentence) => {
  expect(() => readConfig({ ...USABLE, ...env })).toThrow(sentence);
});
