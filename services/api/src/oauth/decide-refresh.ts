// What a refresh token is worth when it is shown: a pure decision. One token of a family is good at any time. The one
// before it is forgiven once, for a client whose answer was lost; any other that was good once has been copied.

import { timingSafeEqual } from 'node:crypto';
import type { RefreshFamily } from '@tollgate/accounts';

/** How long a client may say again what it said, because it never got the answer. */
export const FORGIVEN_WITHIN_MS = 10_000;
/** At one exchange a minute, longer than a family lives. */
const EXCHANGES_MAX = 50_000;

export interface ShownRefreshToken {
  readonly digest: Uint8Array;
  readonly family: RefreshFamily | null;
  /** The API key of the client. */
  readonly keyId: string;
  /** The secrets by which that key may be used now. */
  readonly secretIds: ReadonlySet<string>;
  readonly nowMs: number;
}

export type RefreshDecision =
  /** The good one: it is exchanged. */
  | { readonly kind: 'exchange'; readonly family: RefreshFamily }
  /** The one before: what was given for it is taken back, and given anew. */
  | { readonly kind: 'forgive'; readonly family: RefreshFamily }
  /** An old one: somebody has a copy, so the family ends. */
  | { readonly kind: 'reused'; readonly family: RefreshFamily }
  /** What it was obtained with is no more, so the family ends. */
  | { readonly kind: 'ended'; readonly family: RefreshFamily }
  | { readonly kind: 'refused' };

export function decideRefresh(shown: ShownRefreshToken): RefreshDecision {
  const { digest, family, keyId, secretIds, nowMs } = shown;
  // Of another client: as if it did not exist, and nothing happens to its owner.
  if (family === null || family.keyId !== keyId) return { kind: 'refused' };
  if (nowMs >= family.expiresAtMs) return { kind: 'refused' };
  if (!secretIds.has(family.secretId)) return { kind: 'ended', family };
  if (isSame(digest, family.currentDigest)) {
    return family.exchanges < EXCHANGES_MAX ? { kind: 'exchange', family } : { kind: 'ended', family };
  }
  const { previousDigest, exchangedAtMs, wasForgiven } = family;
  const isPrevious = previousDigest !== null && isSame(digest, previousDigest);
  const isLate = exchangedAtMs === null || nowMs - exchangedAtMs > FORGIVEN_WITHIN_MS;
  return isPrevious && !wasForgiven && !isLate ? { kind: 'forgive', family } : { kind: 'reused', family };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}
