// When signing keys change and what then becomes of each: pure decisions, with the state of a key in its times.

import type { SigningKey } from '@tollgate/accounts';
import { CLOCK_SKEW_MS, signingKeyOf, signingKeyState } from '@tollgate/auth';
import type { SigningAlgorithm } from '@tollgate/domain';

export interface RotationRules {
  readonly algorithm: SigningAlgorithm;
  /** Of an access token. */
  readonly tokenLifeMs: number;
  /** For how long others keep the public keys that they were told. */
  readonly jwksCacheMs: number;
  /** For how long a key signs. */
  readonly keyLifeMs: number;
}

/** From the publication of a key until it signs: when every cache has it, whatever the clocks of two processes say. */
function publishedForMs({ jwksCacheMs }: RotationRules): number {
  return jwksCacheMs + 2 * CLOCK_SKEW_MS;
}

/** The key that waits for its turn. */
export function nextKeyOf(keys: readonly SigningKey[], nowMs: number): SigningKey | undefined {
  return keys.find((key) => signingKeyState(key, nowMs) === 'published');
}

/** True when a key has to be made now, so that it can sign when the present one should end. */
export function isRotationDue(keys: readonly SigningKey[], rules: RotationRules, nowMs: number): boolean {
  if (nextKeyOf(keys, nowMs) !== undefined) return false;
  const current = signingKeyOf(keys, nowMs);
  if (current === undefined || current.algorithm !== rules.algorithm) return true;
  return nowMs >= current.signsFromMs + rules.keyLifeMs - publishedForMs(rules);
}

/** When a new key begins to sign: at once where there is no other, or none that may be trusted. */
export function signsFrom(
  keys: readonly SigningKey[],
  {
    rules,
    nowMs,
    isEmergency,
  }: { readonly rules: RotationRules; readonly nowMs: number; readonly isEmergency: boolean },
): number {
  const isAlone = signingKeyOf(keys, nowMs) === undefined;
  return isAlone || isEmergency ? nowMs : nowMs + publishedForMs(rules);
}

/** True once no process can sign with it any more, also one whose clock is behind. */
export function isDoneSigning({ signsUntilMs, retiredAtMs }: SigningKey, nowMs: number): boolean {
  if (retiredAtMs !== null && nowMs >= retiredAtMs) return true;
  return signsUntilMs !== null && nowMs >= signsUntilMs + 2 * CLOCK_SKEW_MS;
}
