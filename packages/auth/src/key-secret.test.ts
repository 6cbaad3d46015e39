import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfKeySecret, generateKeySecret, isKeySecret, KEY_SECRET_LENGTH, type KeyMode } from './key-secret.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const anySecret = fc
  .record({
    mode: fc.constantFrom<KeyMode>('live', 'test'),
    bytes: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
  })
  .map(({ mode, bytes }) => {
    const random = (count: number) => Uint8Array.from({ length: count }, () => bytes.next().value);
    return generateKeySecret(mode, random);
  });

describe('the checksum', () => {
  // Computed with another implementation of CRC-32.
  it.each([
    ['tg_live_000000000000000000000000000000', '3nUU1K'],
    ['tg_test_000000000000000000000000000000', '0hAotN'],
    ['tg_live_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz', '1VfM9F'],
    ['tg_test_0123456789ABCDEFGHIJKLMNOPQRST', '2wwVB6'],
    ['tg_live_abcdefghijklmnopqrstuvwxyz0123', '12Zpds'],
  ])('of %s is %s', (prefix, checksum) => {
    expect(isKeySecret(prefix + checksum)).toBe(true);
    expect(isKeySecret(`${prefix}${checksum.slice(0, -1)}${checksum.endsWith('0') ? '1' : '0'}`)).toBe(false);
  });

  it('tells every single mistyped character', () => {
    fc.assert(
      fc.property(
        anySecret,
        fc.nat({ max: KEY_SECRET_LENGTH - 1 }),
        fc.constantFrom(...ALPHABET),
        (secret, place, character) => {
          const typed = secret.slice(0, place) + character + secret.slice(place + 1);
          expect(isKeySecret(typed)).toBe(typed === secret);
        },
      ),
      { seed: 20_261_124, numRuns: 2_000 },
    );
  });

  it('tells two neighbours that changed places', () => {
    fc.assert(
      fc.property(anySecret, fc.nat({ max: KEY_SECRET_LENGTH - 2 }), (secret, place) => {
        const swapped = `${secret.slice(0, place)}${secret[place + 1]}${secret[place]}${secret.slice(place + 2)}`;
        expect(isKeySecret(swapped)).toBe(swapped === secret);
      }),
      { seed: 20_261_124, numRuns: 2_000 },
    );
  });
});

describe('a generated secret', () => {
  it('has the documented form and is accepted', () => {
    fc.assert(
      fc.property(anySecret, (secret) => {
        expect(secret).toMatch(/^tg_(live|test)_[0-9A-Za-z]{30}[0-9A-Za-z]{6}$/);
        expect(isKeySecret(secret)).toBe(true);
      }),
      { seed: 20_261_124 },
    );
  });

  it('uses every character equally often', () => {
    let blocks = 0;
    const evenBytes = (count: number) => createHash('sha256').update(`${blocks++}`).digest().subarray(0, count);
    const counts = new Map<string, number>();
    for (let made = 0; made < 10_000; made += 1) {
      const characters = generateKeySecret('live', evenBytes).slice(8, 38);
      for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect([...counts.keys()].sort().join('')).toBe(ALPHABET);
    // Taking bytes modulo 62 would make the first eight characters 1.25 times as likely as the others.
    expect(Math.max(...counts.values()) / Math.min(...counts.values())).toBeLessThan(1.12);
  });

  it('is another each time', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => generateKeySecret('test'))).size).toBe(1_000);
  });
});

it.each([
  '',
  'tg_live_',
  'sk_live_000000000000000000000000000000aaaaaa',
  'tg_prod_0000000000000000000000000000000000000',
  `tg_live_${'0'.repeat(36)}`,
  `tg_live_${'0'.repeat(30)}-_!?.,`,
  'a'.repeat(100_000),
])('is told from other texts, case %#', (text) => {
  expect(isKeySecret(text)).toBe(false);
});

it('is stored as its HMAC under the pepper', () => {
  const expected = createHmac('sha256', 'pepper').update('secret').digest();
  expect(Buffer.from(digestOfKeySecret('secret', 'pepper'))).toEqual(expected);
  expect(digestOfKeySecret('secret', 'another pepper')).not.toEqual(digestOfKeySecret('secret', 'pepper'));
});
