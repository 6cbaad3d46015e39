import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { readEnvironment } from '@tollgate/runtime';
import { describe, expect, it } from 'vitest';
import { readTrustedProxies, sourceAddressOf } from './source-address.ts';

function sourceOf(
  peer: string | undefined,
  headers: { readonly 'x-forwarded-for'?: string; readonly forwarded?: string },
  env: Readonly<Record<string, string>> = { TOLLGATE_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::/32' },
): string {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const req = new IncomingMessage(socket);
  Object.assign(req.headers, headers);
  return sourceAddressOf(req, readEnvironment(env, readTrustedProxies));
}

describe('without a trusted peer the header is not read', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db9:0:0::1', '2001:db9::1'],
    ['fe80::1%eth0', 'fe80::1'],
    [undefined, 'unknown'],
  ])('from %s: %s', (peer, source) => {
    expect(sourceOf(peer, { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' })).toBe(source);
  });

  it('also when no proxy is listed', () => {
    expect(sourceOf('10.0.0.1', { 'x-forwarded-for': '192.0.2.1' }, {})).toBe('10.0.0.1');
  });
});

describe('X-Forwarded-For behind a trusted proxy', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1, 198.51.100.2', '198.51.100.2'],
    ['192.0.2.1, 198.51.100.2, 10.0.0.9', '198.51.100.2'],
    ['10.0.0.7, 10.0.0.8', '10.0.0.7'],
    ['198.51.100.2,::ffff:10.0.0.9', '198.51.100.2'],
    ['198.51.100.2:4711', '198.51.100.2'],
    ['[2001:db9::7]:4711', '2001:db9::7'],
    ['2001:DB9::7', '2001:db9::7'],
    ['2001:db9::7, 2001:db8::1', '2001:db9::7'],
    ['', '10.0.0.1'],
    ['192.0.2.1,', '10.0.0.1'],
    ['192.0.2.1, unknown', '10.0.0.1'],
    ['192.0.2.1, unknown, 10.0.0.9', '10.0.0.9'],
    ['192.0.2.1, 010.0.0.9', '10.0.0.1'],
    ['192.0.2.1, 198.51.100.2:99999999', '10.0.0.1'],
    ['192.0.2.1 198.51.100.2', '10.0.0.1'],
    ["'; DROP TABLE", '10.0.0.1'],
    [`${'10.0.0.9,'.repeat(1_700)}198.51.100.2`, '198.51.100.2'],
    [`198.51.100.2${',10.0.0.9'.repeat(1_700)}`, '198.51.100.2'],
  ])('%s', (header, source) => {
    expect(sourceOf('::ffff:10.0.0.1', { 'x-forwarded-for': header, forwarded: 'for=203.0.113.1' })).toBe(source);
  });
});

describe('Forwarded behind a trusted proxy', () => {
  const env = { TOLLGATE_TRUSTED_PROXIES: '10.0.0.0/8', TOLLGATE_FORWARDED_HEADER: 'forwarded' };

  it.each([
    ['for=192.0.2.60;proto=http;by=203.0.113.43', '192.0.2.60'],
    ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['for=192.0.2.43, for=198.51.100.17', '198.51.100.17'],
    ['for=192.0.2.43, FOR="198.51.100.17:80" ; host=a , for=10.0.0.3', '198.51.100.17'],
    ['by="a,b;c";for=198.51.100.17', '198.51.100.17'],
    ['for=192.0.2.43, by="\\"";for="198.51.100.17"', '198.51.100.17'],
    ['for=192.0.2.43, for=_hidden', '10.0.0.1'],
    ['for=192.0.2.43, for=unknown', '10.0.0.1'],
    ['for=192.0.2.43, proto=https', '10.0.0.1'],
    ['for=192.0.2.43, for=198.51.100.17;for=198.51.100.18', '10.0.0.1'],
    ['for=192.0.2.43, for="198.51.100.17', '10.0.0.1'],
    ['for=192.0.2.43, for=', '10.0.0.1'],
    ['for=192.0.2.43, 198.51.100.17', '10.0.0.1'],
    ['for=192.0.2.43,', '10.0.0.1'],
    ['"'.repeat(16_000), '10.0.0.1'],
    [`for="${'\\"'.repeat(8_000)}`, '10.0.0.1'],
  ])('%s', (header, source) => {
    expect(sourceOf('10.0.0.1', { 'x-forwarded-for': '203.0.113.1', forwarded: header }, env)).toBe(source);
  });
});

it('says everything that is wrong with the list', () => {
  const env = { TOLLGATE_TRUSTED_PROXIES: '10.0.0.1/8, proxy.internal', TOLLGATE_FORWARDED_HEADER: 'x-real-ip' };
  expect(() => readEnvironment(env, readTrustedProxies)).toThrow(
    /10\.0\.0\.0\/8`[\s\S]*`proxy\.internal`[\s\S]*TOLLGATE_FORWARDED_HEADER/,
  );
});
