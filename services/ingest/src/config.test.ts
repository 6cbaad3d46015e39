import { ConfigurationError } from '@tollgate/runtime';
import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

const env = {
  DATABASE_URL: 'postgres://127.0.0.1/tollgate',
  REDIS_URL: 'redis://127.0.0.1',
  TOLLGATE_KEY_PEPPER: 'x'.repeat(32),
};

it('takes Kafka as the log where brokers are named, else Redis Streams', () => {
  expect(readConfig(env).log).toMatchObject({ kind: 'redis-streams', url: 'redis://127.0.0.1' });
  const brokers = { ...env, KAFKA_BROKERS: 'a:9092, b:9092' };
  expect(readConfig(brokers).log).toMatchObject({ kind: 'kafka', brokers: ['a:9092', 'b:9092'] });
});

it('says everything that is wrong at once, and repeats no secret', () => {
  const read = (): unknown => readConfig({ PORT: 'x', TOLLGATE_KEY_PEPPER: 'short-secret' });
  expect(read).toThrow(ConfigurationError);
  try {
    read();
  } catch (error) {
    const { message } = error as ConfigurationError;
    for (const name of ['PORT', 'DATABASE_URL', 'REDIS_URL', 'TOLLGATE_KEY_PEPPER']) expect(message).toContain(name);
    expect(message).not.toContain('short-secret');
  }
});
