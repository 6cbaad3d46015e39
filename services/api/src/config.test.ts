import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

const USABLE = {
  DATABASE_URL: 'postgres://localhost/tollgate',
  CLICKHOUSE_URL: 'http://localhost:8123/tollgate',
  REDIS_URL: 'redis://localhost',
  TOLLGATE_FILES_DIR: '/files',
  TOLLGATE_KEY_PEPPER: 'x'.repeat(32),
  TOLLGATE_ENCRYPTION_KEY: 'y'.repeat(32),
};

it('has a default for all that can have one', () => {
  expect(readConfig(USABLE)).toMatchObject({
    port: 8081,
    log: { kind: 'redis-streams', url: 'redis://localhost', name: 'tollgate', durability: 'every-write' },
    organization: { name: 'My organization', currency: 'USD', zone: 'UTC' },
    operatorKeyFile: undefined,
    tokens: {
      authority: { issuer: 'http://localhost:8081', audience: 'http://localhost:8081' },
      signing: { algorithm: 'EdDSA', tokenLifeMs: 900_000 },
    },
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
  [{ TOLLGATE_FRAME_ANCESTORS: 'app.example.com' }, /TOLLGATE_FRAME_ANCESTORS: app.example.com is no origin/],
  [{ TOLLGATE_FRAME_ANCESTORS: 'https://app.example.com/' }, /is no origin/],
  [{ TOLLGATE_FRAME_ANCESTORS: 'https://*.example.com' }, /is no origin/],
  [{ TOLLGATE_FRAME_ANCESTORS: 'http://app.example.com' }, /plain http is for this machine/],
  [{ TOLLGATE_KEY_PEPPER: 'short' }, /TOLLGATE_KEY_PEPPER: each pepper must have at least 32/],
  [{ TOLLGATE_ENCRYPTION_KEY: undefined }, /TOLLGATE_ENCRYPTION_KEY is not set/],
  [
    { TOLLGATE_ENCRYPTION_KEY: `${'y'.repeat(32)},short` },
    /TOLLGATE_ENCRYPTION_KEY: each secret must have at least 32/,
  ],
  [{ TOLLGATE_ACCESS_TOKEN_SECONDS: '3601' }, /TOLLGATE_ACCESS_TOKEN_SECONDS must be/],
  [{ TOLLGATE_SIGNING_ALGORITHM: 'none' }, /TOLLGATE_SIGNING_ALGORITHM must be one of EdDSA, ES256, RS256/],
  [{ PORT: '70000' }, /PORT must be/],
])('refuses %j', (env, sentence) => {
  expect(() => readConfig({ ...USABLE, ...env })).toThrow(sentence);
});
