// The life of a signing key is a matter of the clock alone: whoever knows its times knows its state, so every process
// changes over at the same instant without being told.
//
//   published → signing → verifying → retired

import { CLOCK_SKEW_MS } from './access-token.ts';

export interface SigningKeyTimes {
  /** From here it signs. Before, it is only shown, so that every cache of the keys knows it in time. */
  readonly signsFromMs: number;
  /** Null: no other key has been made to follow it. */
  readonly signsUntilMs: number | null;
  /** The longest that a token which it signed can live. */
  readonly tokenLifeMaxMs: number;
  /** Retired at once, out of turn; null in the ordinary course. */
  readonly retiredAtMs: number | null;
}

export type SigningKeyState = 'published' | 'signing' | 'verifying' | 'retired';

export function signingKeyState(key: SigningKeyTimes, nowMs: number): SigningKeyState {
  if (key.retiredAtMs !== null && nowMs >= key.retiredAtMs) return 'retired';
  if (nowMs < key.signsFromMs) return 'published';
  if (key.signsUntilMs === null || nowMs < key.signsUntilMs) return 'signing';
  return nowMs < verifiesUntilMs(key) ? 'verifying' : 'retired';
}

/** When its last token has expired; infinite while it may sign more. A process whose clock is behind signs a little longer. */
export function verifiesUntilMs({ signsUntilMs, tokenLifeMaxMs, retiredAtMs }: SigningKeyTimes): number {
  const inTurnMs = signsUntilMs === null ? Number.POSITIVE_INFINITY : signsUntilMs + tokenLifeMaxMs + 2 * CLOCK_SKEW_MS;
  return Math.min(inTurnMs, retiredAtMs ?? Number.POSITIVE_INFINITY);
}

/** The key that signs now: the youngest, should there be several. */
export function signingKeyOf<Key extends SigningKeyTimes>(keys: readonly Key[], nowMs: number): Key | undefined {
  return keys
    .filter((key) => signingKeyState(key, nowMs) === 'signing')
    .reduce<Key | undefined>(
      (last, key) => (last === undefined || key.signsFromMs > last.signsFromMs ? key : last),
      undefined,
    );
}
