import { describe, expect, it } from 'vitest';
import { TollgateError } from '../tollgate-error.ts';
import { readAnswer } from './read-answer.ts';

const rejected = (index: number) => ({ index, id: `e${index}`, code: 'invalid_event', detail: 'No.', errors: [] });
const failed = (status: number, code = 'x') => new TollgateError({ code, detail: '', status });

describe('an answer to three events', () => {
  it.each([
    ['all taken', 202, { accepted: 3, duplicates: 0, rejected: [] }, []],
    ['all known already', 202, { accepted: 0, duplicates: 3, rejected: [] }, []],
    ['one rejected', 207, { accepted: 2, duplicates: 0, rejected: [rejected(1)] }, [1]],
    ['all rejected', 422, { accepted: 0, duplicates: 0, rejected: [0, 1, 2].map(rejected) }, [0, 1, 2]],
  ])('settles each: %s', (_name, status, json, indexes) => {
    const verdict = readAnswer({ status, json, error: status === 422 ? failed(422) : null }, 3);
    expect(verdict.kind === 'settled' ? [...verdict.rejections.keys()] : verdict).toEqual(indexes);
  });

  it.each([
    ['a proxy’s 200', 200, undefined],
    ['a body that is no JSON', 202, undefined],
    ['a 202 of something else', 202, { ok: true }],
    ['numbers that do not come to three', 202, { accepted: 2, duplicates: 0, rejected: [] }],
    ['more than were sent', 202, { accepted: 4, duplicates: 0, rejected: [] }],
    ['the same event rejected twice', 207, { accepted: 1, duplicates: 0, rejected: [rejected(1), rejected(1)] }],
    ['a rejection of none of them', 207, { accepted: 2, duplicates: 0, rejected: [rejected(3)] }],
    ['a rejection without an index', 207, { accepted: 2, duplicates: 0, rejected: [{ code: 'x' }] }],
  ])('settles nothing unless it speaks of each: %s', (_name, status, json) => {
    expect(readAnswer({ status, json, error: null }, 3).kind).toBe('retry');
  });

  it.each([
    [400, 'malformed_json', 'blamed'],
    [413, 'body_too_large', 'blamed'],
    [422, 'unexpected_answer', 'blamed'],
    [500, 'internal_error', 'blamed'],
    [429, 'quota_exceeded', 'refused'],
    [429, 'spend_limit_exceeded', 'refused'],
    [429, 'rate_limited', 'retry'],
    [401, 'token_expired', 'retry'],
    [403, 'key_disabled', 'retry'],
    [404, 'not_found', 'retry'],
    [502, 'unexpected_answer', 'retry'],
    [503, 'log_unavailable', 'retry'],
  ])('%i %s: %s', (status, code, kind) => {
    expect(readAnswer({ status, json: { code }, error: failed(status, code) }, 3).kind).toBe(kind);
  });
});
