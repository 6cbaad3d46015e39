import { expect, it } from 'vitest';
import { clientCredentialOf } from './client-credential.ts';
import { parseForm } from './form.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const form = (text: string) => parseForm(Buffer.from(text));
const ID_AND_SECRET = { clientId: 'key_1', secret: 'tg_live_x' };

it.each([
  ['Basic', basic('key_1:tg_live_x'), ''],
  ['Basic with another case of its name', `bAsIc ${Buffer.from('key_1:tg_live_x').toString('base64')}`, ''],
  ['Basic, form-encoded as RFC 6749 wants', basic('key%5F1:tg%5flive%5Fx'), ''],
  ['Basic beside its own client_id', basic('key_1:tg_live_x'), 'client_id=key_1'],
  ['the body', undefined, 'client_id=key_1&client_secret=tg_live_x'],
  ['the body, encoded', undefined, 'client_id=key%5F1&client_secret=tg_live_x'],
])('by %s', (_name, authorization, body) => {
  expect(clientCredentialOf(authorization, form(body))).toEqual(ID_AND_SECRET);
});

it('a plus is a space and a colon may be in a secret', () => {
  expect(clientCredentialOf(basic('a+b:c:d'), form(''))).toEqual({ clientId: 'a b', secret: 'c:d' });
});

it.each([
  ['nothing', undefined, '', 'invalid_client'],
  ['half of the body', undefined, 'client_id=key_1', 'invalid_client'],
  ['an empty secret', undefined, 'client_id=key_1&client_secret=', 'invalid_client'],
  ['Bearer', 'Bearer tg_live_x', '', 'invalid_client'],
  ['Bearer beside the body', 'Bearer tg_live_x', 'client_id=key_1&client_secret=x', 'invalid_client'],
  ['Basic without a colon', basic('key_1'), '', 'invalid_client'],
  ['Basic that is not base64', 'Basic !!!!', '', 'invalid_client'],
  ['Basic without its padding', 'Basic YTpiYw', '', 'invalid_client'],
  ['Basic with spare bits set', 'Basic YTpiYx==', '', 'invalid_client'],
  ['Basic that is not UTF-8', `Basic ${Buffer.from([0x61, 0x3a, 0xff]).toString('base64')}`, '', 'invalid_client'],
  ['Basic with a broken escape', basic('key_1:%zz'), '', 'invalid_client'],
  ['both', basic('key_1:tg_live_x'), 'client_id=key_1&client_secret=tg_live_x', 'invalid_request'],
  ['Basic and another client_id', basic('key_1:tg_live_x'), 'client_id=key_2', 'invalid_request'],
  ['an assertion', undefined, 'client_assertion=x&client_id=key_1&client_secret=tg_live_x', 'invalid_client'],
])('refuses %s', (_name, authorization, body, code) => {
  expect(() => clientCredentialOf(authorization, form(body))).toThrow(expect.objectContaining({ code }));
});

it.each([
  'a=1&a=2',
  'a=1&%61=2',
  'a=%zz',
  'a=%ff',
  'a=ä',
  'a=b c',
  `${'a'
    .repeat(51)
    .split('')
    .map((a, i) => `${a}${i}=1`)
    .join('&')}`,
])('a form is refused: %s', (body) => {
  expect(() => form(body)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
