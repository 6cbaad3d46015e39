import type { SigningKey } from '@tollgate/accounts';
import { CLOCK_SKEW_MS, signingKeyOf, signingKeyState } from '@tollgate/auth';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isDoneSigning, isRotationDue, type RotationRules, signsFrom } from './rotation.ts';

const RULES: RotationRules = { algorithm: 'EdDSA', tokenLifeMs: 60_000, jwksCacheMs: 30_000, keyLifeMs: 600_000 };

function keyFrom(id: string, times: { readonly createdAtMs: number; readonly signsFromMs: number }): SigningKey {
  return {
    id,
    algorithm: 'EdDSA',
    publicJwk: {},
    signsUntilMs: null,
    tokenLifeMaxMs: RULES.tokenLifeMs,
    retiredAtMs: null,
    sealedPrivateKey: null,
    ...times,
  };
}

/** What the keeper does at one moment, in memory. */
function keep(keys: readonly SigningKey[], nowMs: number): readonly SigningKey[] {
  if (!isRotationDue(keys, RULES, nowMs)) return keys;
  const signsFromMs = signsFrom(keys, { rules: RULES, nowMs, isEmergency: false });
  const ended = keys.map((key) => (key.signsUntilMs === null ? { ...key, signsUntilMs: signsFromMs } : key));
  return [...ended, keyFrom(`k${keys.length}`, { createdAtMs: nowMs, signsFromMs })];
}

it('the first key signs at once', () => {
  expect(keep([], 5)).toMatchObject([{ signsFromMs: 5, signsUntilMs: null }]);
});

it('another algorithm asks for another key', () => {
  const keys = keep([], 0);
  expect(isRotationDue(keys, RULES, 1)).toBe(false);
  expect(isRotationDue(keys, { ...RULES, algorithm: 'ES256' }, 1)).toBe(true);
});

it('in an emergency the new key signs at once', () => {
  expect(signsFrom(keep([], 0), { rules: RULES, nowMs: 7, isEmergency: true })).toBe(7);
});

it('whenever it is looked after, and by clocks that differ, no token that is valid meets a key that does not verify', () => {
  const pauses = fc.array(fc.integer({ min: 1, max: 900_000 }), { minLength: 5, maxLength: 30 });
  const skew = fc.integer({ min: -CLOCK_SKEW_MS, max: CLOCK_SKEW_MS });
  const holds = (waits: readonly number[], signerSkewMs: number, verifierSkewMs: number): void => {
    let keys: readonly SigningKey[] = [];
    let nowMs = 1_000_000;
    const tokens: { readonly keyId: string; readonly expiresAtMs: number }[] = [];
    for (const waitMs of waits) {
      keys = keep(keys, nowMs);
      const signer = signingKeyOf(keys, nowMs + signerSkewMs) ?? keys[0];
      if (signer === undefined) throw new Error('nothing signs');
      expect(isDoneSigning(signer, nowMs)).toBe(false);
      // Published for as long as anybody remembers the keys without it; the first of all has nobody to wait for.
      if (signer !== keys[0]) expect(nowMs - signer.createdAtMs).toBeGreaterThanOrEqual(RULES.jwksCacheMs);
      tokens.push({ keyId: signer.id, expiresAtMs: nowMs + signerSkewMs + RULES.tokenLifeMs });
      nowMs += waitMs;
      for (const { keyId, expiresAtMs } of tokens) {
        if (nowMs + verifierSkewMs >= expiresAtMs) continue;
        const key = keys.find(({ id }) => id === keyId);
        expect(key === undefined ? 'gone' : signingKeyState(key, nowMs + verifierSkewMs)).not.toBe('retired');
      }
    }
  };
  fc.assert(fc.property(pauses, skew, skew, holds), { seed: 20_261_124, numRuns: 500 });
});
