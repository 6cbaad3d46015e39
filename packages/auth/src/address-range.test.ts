import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressList } from './address-list.ts';
import { type AddressRange, parseAddressRange } from './address-range.ts';

const SEED = 20_261_124;

function rangeOf(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (parsed.kind === 'refused') throw new Error(parsed.detail);
  return parsed.range;
}

function detailOf(text: string): string {
  const parsed = parseAddressRange(text);
  return parsed.kind === 'refused' ? parsed.detail : `taken as ${parsed.range.text}`;
}

describe('a range in its canonical spelling', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1/128'],
    ['::102:304', '::102:304/128'],
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ['::ffff:a00:1', '10.0.0.1/32'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:0.0.0.0/96', '0.0.0.0/0'],
  ])('%s is %s', (text, canonical) => {
    expect(rangeOf(text).text).toBe(canonical);
  });

  it('is read as itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat({ max: 128 }), (address, prefixBits) => {
        const refused = parseAddressRange(`${address}/${prefixBits % (isIPv4(address) ? 33 : 129)}`);
        const text = refused.kind === 'range' ? refused.range.text : /rite `([^`]+)`/.exec(refused.detail)?.[1];
        expect(rangeOf(text ?? '').text).toBe(text);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});

describe('another spelling is refused with the one to write', () => {
  it.each([
    ['10.0.0.1/8', '`10.0.0.0/8`'],
    ['192.0.2.1/31', '`192.0.2.0/31`'],
    ['2001:db8::1/64', '`2001:db8::/64`'],
    ['2001:DB8::/32', '`2001:db8::/32`'],
    ['2001:0db8::/32', '`2001:db8::/32`'],
    ['2001:db8:0:0:0:0:0:0/32', '`2001:db8::/32`'],
    ['2001:db8::1:0:0:1', 'taken as 2001:db8::1:0:0:1/128'],
    ['2001:db8:0:0:1::1', '`2001:db8::1:0:0:1/128`'],
    ['0:0:0:0:0:0:0:1', '`::1/128`'],
    ['::1.2.3.4', '`::102:304/128`'],
    ['::FFFF:10.0.0.1', '`10.0.0.1/32`'],
    ['::ffff:10.0.0.1/104', '`10.0.0.0/8`'],
    ['fe80::1%eth0', '`fe80::1`'],
    ['010.0.0.1', '`10.0.0.1`'],
    ['10.0.0.08', '`10.0.0.8`'],
  ])('%s: %s', (text, canonical) => {
    expect(detailOf(text)).toContain(canonical);
  });

  it.each([
    '',
    '/',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '2001:db8::/129',
    '10.1',
    '10.0.0.256',
    '0x0a000001',
    '0x0a.0.0.1',
    '167772161',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '10.0.0.1 /8',
    '１０.0.0.1',
    '::ffff:10.0.0.1/95',
    '[::1]',
    '1::2::3',
    ':::',
    '12345::',
    'localhost',
    '*',
    `${'1'.repeat(100_000)}`,
  ])('%j is refused', (text) => {
    expect(parseAddressRange(text).kind).toBe('refused');
    expect(detailOf(text).length).toBeLessThan(250);
  });
});

describe('a list of ranges', () => {
  const list = createAddressList(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::/127'].map(rangeOf));

  it.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['::ffff:10.1.2.3', true],
    ['::ffff:a01:203', true],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:ffff::1', true],
    ['2001:DB8::1', true],
    ['2001:db9::1', false],
    ['::1', true],
    ['::2', false],
    ['::10.0.0.1', false],
    ['010.0.0.1', false],
    ['10.1', false],
    ['unknown', false],
    ['', false],
  ])('has %s: %s', (address, isInside) => {
    expect(list.has(address)).toBe(isInside);
  });

  it('has nothing when it is empty, and everything with /0', () => {
    expect(createAddressList([]).has('10.0.0.1')).toBe(false);
    const all = createAddressList(['0.0.0.0/0', '::/0'].map(rangeOf));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => all.has(address)),
      { seed: SEED },
    );
  });

  it('has no v4 address because of a v6 range', () => {
    expect(createAddressList([rangeOf('::/0')]).has('::ffff:10.0.0.1')).toBe(false);
  });

  it('agrees with the arithmetic of v4', () => {
    const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const numberOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum * 256 + part, 0);
    fc.assert(
      fc.property(octets, octets, fc.integer({ min: 0, max: 32 }), (network, address, prefixBits) => {
        const size = 2 ** (32 - prefixBits);
        const first = Math.floor(numberOf(network) / size) * size;
        const firstText = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
        const isInside = numberOf(address) >= first && numberOf(address) < first + size;
        expect(createAddressList([rangeOf(`${firstText}/${prefixBits}`)]).has(address.join('.'))).toBe(isInside);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});
