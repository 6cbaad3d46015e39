import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { openEndpoint, sealEndpoint } from './endpoint-seal.ts';
import { createKeySeal } from './key-seal.ts';
import { generateWebhookSecret, showWebhookSecret, signWebhook } from './webhook-signature.ts';

// The example of the Standard Webhooks specification.
it('signs as the specification has it', () => {
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
  expect(signWebhook(message, [secret])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

it('gives one signature for each secret', () => {
  const secrets = [generateWebhookSecret(), generateWebhookSecret()];
  const signed = signWebhook({ id: 'msg_1', timestamp: 1, body: '{}' }, secrets);
  const each = secrets.map((secret) => `v1,${createHmac('sha256', secret).update('msg_1.1.{}').digest('base64')}`);
  expect(signed).toBe(each.join(' '));
});

it('makes secrets that the libraries of the specification take', () => {
  const shown = showWebhookSecret(generateWebhookSecret());
  expect(shown).toMatch(/^whsec_[A-Za-z0-9+/]+=*$/);
  expect(Buffer.from(shown.slice('whsec_'.length), 'base64').byteLength).toBe(32);
});

it('what is sealed of an endpoint opens for that endpoint alone', () => {
  const seal = createKeySeal(['a secret of more than thirty-two characters']);
  const secrets = { secret: generateWebhookSecret(), previous: null, headers: { authorization: 'Bearer x' } };
  const sealed = sealEndpoint(seal, 'whe_1', secrets);
  expect(openEndpoint(seal, 'whe_1', sealed)).toEqual({ ...secrets, secret: Buffer.from(secrets.secret) });
  expect(() => openEndpoint(seal, 'whe_2', sealed)).toThrow();
  expect(openEndpoint(createKeySeal(['another secret of thirty-two characters.']), 'whe_1', sealed)).toBeNull();
});
