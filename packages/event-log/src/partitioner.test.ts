import { describe, expect, test } from 'vitest';
import { murmur2, partitionOf } from './partitioner.ts';

describe('murmur2', () => {
  // The values of Kafka's own unit test of its hash.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, hash) => {
    expect(murmur2(new TextEncoder().encode(key))).toBe(hash);
  });
});

describe('partitionOf', () => {
  test('clears the sign bit before it divides', () => {
    expect(partitionOf('21', 1_000)).toBe((-973932308 & 0x7fffffff) % 1_000);
  });

  test('hashes the UTF-8 bytes, however long the key', () => {
    const long = 'é'.repeat(5_000);
    expect(partitionOf(long, 97)).toBe((murmur2(new TextEncoder().encode(long)) & 0x7fffffff) % 97);
  });

  test('spreads keys over all partitions', () => {
    const partitions = new Set(Array.from({ length: 1_000 }, (_, index) => partitionOf(`cus_1/evt_${index}`, 8)));
    expect(partitions.size).toBe(8);
  });
});
