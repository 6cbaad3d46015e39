import type { KeySecret } from '@tollgate/accounts';
import { describe, expect, it } from 'vitest';
import { checkScheduled, decideRotation } from './key-rotation.ts';

const NOW = 1_000_000;
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
const code = (expected: string) => expect.objectContaining({ code: expected });

const secret = (retiresAtMs: number | null, expiresAtMs = retiresAtMs): KeySecret => ({
  id: 'sec_1',
  keyId: 'key_1',
  hint: 'abcd',
  createdAtMs: 0,
  retiresAtMs,
  expiresAtMs,
  lastUse: null,
});
const rotation = (wish: { secrets?: readonly KeySecret[]; atMs?: number; graceSeconds?: number; isLeaked?: boolean }) =>
  decideRotation({ secrets: [secret(null)], atMs: undefined, graceSeconds: 0, isLeaked: false, nowMs: NOW, ...wish });

describe('a rotation', () => {
  it.each([
    [{}, NOW, NOW],
    [{ graceSeconds: 60 }, NOW, NOW + 60_000],
    [{ atMs: NOW + 5_000 }, NOW + 5_000, NOW + 5_000],
    [{ atMs: NOW + 5_000, graceSeconds: 1 }, NOW + 5_000, NOW + 6_000],
    [{ atMs: NOW + YEAR_MS }, NOW + YEAR_MS, NOW + YEAR_MS],
    [{ secrets: [secret(null), secret(NOW, NOW + 9)] }, NOW, NOW],
    [{ secrets: [secret(null), secret(NOW - 9, NOW - 9)] }, NOW, NOW],
  ])('as in %j retires the old secret at %i and ends it at %i', (wish, retiresAtMs, expiresAtMs) => {
    expect(rotation(wish)).toEqual({ retiresAtMs, expiresAtMs });
  });

  it.each([NOW - 1, NOW + YEAR_MS + 1])('is not planned for %i', (atMs) => {
    expect(() => rotation({ atMs })).toThrow(code('validation_failed'));
  });

  it('gives a secret that leaked no grace', () => {
    expect(rotation({ isLeaked: true })).toEqual({ retiresAtMs: NOW, expiresAtMs: NOW });
    expect(() => rotation({ isLeaked: true, graceSeconds: 1 })).toThrow(code('conflict'));
    expect(() => rotation({ isLeaked: true, atMs: NOW + 1 })).toThrow(code('conflict'));
  });

  it('waits for the one that lies ahead, which can be cancelled until its time', () => {
    const ahead = [secret(null), secret(NOW + 1)];
    expect(() => rotation({ secrets: ahead })).toThrow(code('conflict'));
    expect(() => checkScheduled(ahead, NOW)).not.toThrow();
    expect(() => checkScheduled(ahead, NOW + 1)).toThrow(code('conflict'));
    expect(() => checkScheduled([secret(null)], NOW)).toThrow(code('conflict'));
  });
});
