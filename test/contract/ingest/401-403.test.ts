// 401 and 403: who is not known, and who may not.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { expectProblem } from './problem.ts';
import { resultOf } from './result.ts';
import { exampleEvent, type Stand, startStand } from './stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

describe('401', () => {
  it('no token', async () => {
    const res = await stand.post('/v1/events', { secret: null, body: exampleEvent() });
    expect(res.headers.get('www-authenticate')).toContain('Bearer');
    await expectProblem(res, 'missing_token');
  });

  it.each(['hello', 'tg_live_0123456789', `tg_test_${'0'.repeat(36)}`])('%s as a token', async (secret) => {
    await expectProblem(await stand.post('/v1/events', { secret, body: exampleEvent() }), 'invalid_token');
  });

  it('comes before anything is said of the body, and takes nothing', async () => {
    const res = await stand.post('/v1/events', { secret: null, headers: { 'Content-Type': 'text/plain' }, body: '{' });
    await expectProblem(res, 'missing_token');
    expect(await stand.records()).toEqual([]);
  });

  it('answers a sender of a large body before it is done', async () => {
    const res = await stand.post('/v1/events', { secret: null, body: Buffer.alloc(20_000_000) });
    await expectProblem(res, 'missing_token');
  });
});

describe('403', () => {
  it('a key that is disabled', async () => {
    const { customerId } = stand.key;
    const { secret } = await stand.createKey({ customerId, scopes: ['usage:write'], isEnabled: false });
    await expectProblem(await stand.post('/v1/events', { secret, body: exampleEvent() }), 'key_disabled');
  });

  it.each(['/v1/events', '/v1/events/void'])('a key without the scope on %s', async (path) => {
    const { secret } = await stand.createKey({ customerId: stand.key.customerId, scopes: ['usage:read'] });
    await expectProblem(await stand.post(path, { secret, body: exampleEvent() }), 'insufficient_scope');
  });

  it('an operator’s key that may not report for others', async () => {
    const { secret } = await stand.createKey({ customerId: null, scopes: ['usage:write'] });
    await expectProblem(await stand.post('/v1/events', { secret, body: exampleEvent() }), 'insufficient_scope');
  });

  it('does not let a customer’s key out of its customer, whatever its scopes', async () => {
    const { customerId } = stand.key;
    const { secret } = await stand.createKey({ customerId, scopes: ['usage:write:any', 'admin'] });
    const body = exampleEvent({ key: stand.strangerKey.id });
    const res = await stand.post('/v1/events', { secret, body });
    expect((await resultOf(res)).rejected).toMatchObject([{ code: 'customer_mismatch' }]);
  });
});

it('writes no token into the log, at the most talkative level', async () => {
  await stand.ingest.signal('SIGTERM');
  await stand.ingest.start({ TOLLGATE_LOG_LEVEL: 'debug' });
  await stand.post('/v1/events', { body: exampleEvent({ input: 'a secret thought' }) });
  await stand.post('/v1/events', { secret: `tg_test_${'0'.repeat(36)}`, body: exampleEvent() });
  const output = await eventually(
    async () => {
      const text = stand.ingest.output();
      for (const said of ['invalid_token', stand.key.id]) expect(text).toContain(said);
      return text;
    },
    { timeoutMs: 5_000 },
  );
  for (const secret of [stand.key.secret, 'a secret thought', 'tg_test_']) expect(output).not.toContain(secret);
});
