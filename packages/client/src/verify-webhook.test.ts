import { Webhook as Standard } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { InvalidWebhook, verifyWebhook } from './verify-webhook.ts';

const secretOf = (text: string): string => `whsec_${btoa(text)}`;
const SECRET = secretOf('a secret of some thirty-two bytes');
const OTHER = secretOf('another secret, as long as the 1st');
const SENT_AT = new Date('2026-11-24T09:30:00Z');
const NOW = { nowMs: SENT_AT.getTime() + 10_000 };
const BODY = JSON.stringify({
  type: 'limit.threshold_reached',
  timestamp: '2026-11-24T09:29:59.500Z',
  data: { limit: 'lim_1', name: 'Größe ✓' },
});

function signed(secrets: readonly string[], body = BODY): Record<string, string> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': `${SENT_AT.getTime() / 1_000}`,
    'webhook-signature': secrets.map((secret) => new Standard(secret).sign('msg_1', SENT_AT, body)).join(' '),
  };
}

describe('a webhook that the standard’s own library signed', () => {
  it.each([
    ['text', BODY],
    ['bytes', new TextEncoder().encode(BODY)],
  ])('is read from %s', async (_name, payload) => {
    expect(await verifyWebhook(payload, signed([SECRET]), SECRET, NOW)).toEqual({
      id: 'msg_1',
      sentAt: SENT_AT,
      type: 'limit.threshold_reached',
      timestamp: '2026-11-24T09:29:59.500Z',
      data: { limit: 'lim_1', name: 'Größe ✓' },
    });
  });

  it('is taken from headers of any kind and case', async () => {
    const headers = signed([SECRET]);
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
    for (const each of [new Headers(headers), upper]) {
      expect((await verifyWebhook(BODY, each, SECRET, NOW)).id).toBe('msg_1');
    }
  });

  it.each([
    ['before', [SECRET], [SECRET]],
    ['while the sender has both', [SECRET, OTHER], [SECRET]],
    ['while the receiver has both', [OTHER], [SECRET, OTHER]],
    ['after', [OTHER], [OTHER]],
  ])('is taken while a secret rotates: %s', async (_name, senders, receivers) => {
    expect((await verifyWebhook(BODY, signed(senders), receivers, NOW)).id).toBe('msg_1');
  });
});

describe('refused', () => {
  const header = (name: string, value: string) => ({ ...signed([SECRET]), [name]: value });
  it.each([
    ['another secret', signed([OTHER]), BODY, 'wrong_signature'],
    ['another body', signed([SECRET]), `${BODY} `, 'wrong_signature'],
    ['another id', header('webhook-id', 'msg_2'), BODY, 'wrong_signature'],
    ['another time', header('webhook-timestamp', `${SENT_AT.getTime() / 1_000 + 1}`), BODY, 'wrong_signature'],
    ['no signature of version 1', header('webhook-signature', 'v1a,AAAA'), BODY, 'wrong_signature'],
    ['a signature that is no base64', header('webhook-signature', 'v1,%%%'), BODY, 'wrong_signature'],
    ['an empty signature', header('webhook-signature', 'v1,'), BODY, 'wrong_signature'],
    ['no id', header('webhook-id', ''), BODY, 'missing_header'],
    ['no headers', {}, BODY, 'missing_header'],
    ['a time that is none', header('webhook-timestamp', '1e9'), BODY, 'malformed_timestamp'],
    ['a body that is no message', signed([SECRET], '[]'), '[]', 'malformed_body'],
  ])('%s', async (_name, headers, body, code) => {
    const refused = await verifyWebhook(body, headers, SECRET, NOW).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidWebhook);
    expect(refused).toMatchObject({ code });
  });

  it.each([-301_000, 301_000])('sent %i ms from now, which is too far', async (awayMs) => {
    const nowMs = SENT_AT.getTime() + awayMs;
    await expect(verifyWebhook(BODY, signed([SECRET]), SECRET, { nowMs })).rejects.toMatchObject({
      code: 'timestamp_out_of_range',
    });
  });

  it.each([[[]], ['whsec_'], ['whsec_%'], ['plain']])(
    'a secret that is none, as a mistake of ours: %s',
    async (secrets) => {
      await expect(verifyWebhook(BODY, signed([SECRET]), secrets, NOW)).rejects.toBeInstanceOf(TypeError);
    },
  );
});
