import { expect, it } from 'vitest';
import { createKeySeal } from './key-seal.ts';

const [OLD, NEW, OTHER] = ['o'.repeat(32), 'n'.repeat(32), 'x'.repeat(32)];
const BYTES = Buffer.from('a private key');

it('opens what it sealed, in the same context alone', () => {
  const seal = createKeySeal([NEW]);
  const sealed = seal.seal(BYTES, 'signing-key/a');
  expect(seal.open(sealed, 'signing-key/a')).toEqual(BYTES);
  expect(() => seal.open(sealed, 'signing-key/b')).toThrow();
  expect(Buffer.from(sealed).includes(BYTES)).toBe(false);
});

it('seals the same under another nonce each time', () => {
  const seal = createKeySeal([NEW]);
  expect(seal.seal(BYTES, 'a')).not.toEqual(seal.seal(BYTES, 'a'));
});

it('replaces a secret in three steps, and each process opens what any other sealed at every step', () => {
  const steps = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]].map((secrets) => createKeySeal(secrets));
  for (const [index, seal] of steps.entries()) {
    const sealed = seal.seal(BYTES, 'a');
    for (const neighbour of steps.slice(Math.max(0, index - 1), index + 2)) {
      expect(neighbour.open(sealed, 'a')).toEqual(BYTES);
    }
  }
  const [first, , third] = steps;
  const sealed = first?.seal(BYTES, 'a') ?? new Uint8Array();
  expect([first?.isCurrent(sealed), third?.isCurrent(sealed)]).toEqual([true, false]);
});

it('does not open under other secrets, and not what was tampered with', () => {
  const sealed = Buffer.from(createKeySeal([OLD]).seal(BYTES, 'a'));
  expect(createKeySeal([NEW, OTHER]).open(sealed, 'a')).toBeNull();
  for (let at = 8; at < sealed.byteLength; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => createKeySeal([OLD]).open(changed, 'a')).toThrow();
  }
});
