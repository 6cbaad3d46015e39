import { expect, it } from 'vitest';
import { ConfigurationError, readEnvironment } from './environment.ts';

it('reads each kind of value, with defaults for what is absent or empty', () => {
  const config = readEnvironment({ URL: 'https://a.example/x', N: '7', LIST: 'a, b,', EMPTY: ' ' }, (env) => ({
    url: env.url('URL', { schemes: ['https:'] }),
    n: env.integer('N', { min: 1, max: 10 }),
    list: env.list('LIST'),
    empty: env.text('EMPTY', { default: 'fallback' }),
    choice: env.choice('CHOICE', { choices: ['a', 'b'], default: 'b' }),
  }));
  expect(config).toEqual({ url: 'https://a.example/x', n: 7, list: ['a', 'b'], empty: 'fallback', choice: 'b' });
});

it('says everything that is wrong at once, and repeats no URL', () => {
  const read = () =>
    readEnvironment({ URL: 'redis://:hunter2@x', N: '1e3', CHOICE: 'c' }, (env) => [
      env.url('URL', { schemes: ['http:', 'https:'] }),
      env.integer('N', { min: 1, max: 10 }),
      env.choice('CHOICE', { choices: ['a', 'b'], default: 'a' }),
      env.text('ABSENT'),
    ]);
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(
    /URL must be .*http:\/\/ or https:\/\/[\s\S]*N must be[\s\S]*CHOICE must be[\s\S]*ABSENT is not set/,
  );
  expect(read).not.toThrow(/hunter2/);
});
