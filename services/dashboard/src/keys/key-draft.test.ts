import { expect, it } from 'vitest';
import { newKeyDraft, settingsOf } from './key-draft.ts';

const settings = (changes: object) =>
  settingsOf({ ...newKeyDraft([], null), name: ' n ', ...changes }, ['usage:write'], {
    zone: 'Europe/Berlin',
    key: undefined,
  });

it('what is left empty binds nothing', () => {
  expect(settings({})).toEqual({
    ...{ name: 'n', scopes: ['usage:write'], allowed_models: null, allowed_ips: null, expires_at: null },
    rate_limits: { requests_per_minute: null, tokens_per_minute: null },
  });
});

it('lines, grouped digits and the day in the zone are read', () => {
  expect(
    settings({
      models: 'gpt-4o*\n\no3, o3 ',
      addresses: '10.0.0.0/8',
      requestsPerMinute: '1,000',
      expires: '2026-12-01',
    }),
  ).toMatchObject({
    allowed_models: ['gpt-4o*', 'o3'],
    allowed_ips: ['10.0.0.0/8'],
    rate_limits: { requests_per_minute: 1_000 },
    expires_at: '2026-11-30T23:00:00.000Z',
  });
});
