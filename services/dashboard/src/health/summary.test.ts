import { expect, it } from 'vitest';
import type { Health } from './health-page.tsx';
import { summaryOf } from './summary.ts';

const TIME = '2026-11-24T09:30:00.000Z';
const process = (state: 'ready' | 'not_ready' | 'silent', checks = { accounts: true }) => ({
  ...{ id: state, state, started_at: TIME, reported_at: TIME, checks },
});
const WELL: Health = {
  ...{ version: '0.1.0', checked_at: TIME },
  services: [{ service: 'api', processes: [process('ready')] }],
  counting: { lag_entries: 3, as_of: TIME },
  webhooks: { facts_waiting: 0, due: 0, oldest_due_at: null, failing_endpoints: 0, disabled_endpoints: 0 },
};

it('says nothing where all is well', () => {
  expect(summaryOf(WELL)).toEqual([]);
});

it('what is not known is said to be so', () => {
  const unknown: Health = {
    ...WELL,
    services: [{ service: 'quota', processes: [] }],
    counting: { lag_entries: null, as_of: null },
  };
  expect(summaryOf(unknown)).toEqual([
    'Nothing was heard of quota: whether it runs is not known.',
    'How much waits to be counted is not known: the log does not answer.',
  ]);
});

it('names what does not answer', () => {
  const failing = process('not_ready', { accounts: false });
  expect(summaryOf({ ...WELL, services: [{ service: 'counter', processes: [failing, process('silent')] }] })).toEqual([
    'A process of counter is not ready: no answer from accounts.',
    'A process of counter went silent.',
  ]);
});
