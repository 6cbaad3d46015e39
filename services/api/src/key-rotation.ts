// When the secret that a rotation takes the place of is refused: pure decisions.
//
// The new secret works as soon as it is shown, so that its holder can bring it out at any time before the old one ends.
// From `at` (now, unless it is said) use of the old one counts as use of an old secret; after the grace it is refused.

import type { KeySecret } from '@tollgate/accounts';
import { TollgateError } from '@tollgate/domain';

export const GRACE_SECONDS_MAX = 7 * 24 * 60 * 60;
/** Later than this nobody remembers what they planned. */
const AHEAD_MAX_MS = 365 * 24 * 60 * 60 * 1_000;

export interface RotationWish {
  readonly secrets: readonly KeySecret[];
  /** Undefined: now. */
  readonly atMs: number | undefined;
  readonly graceSeconds: number;
  /** Others have a secret of the key. */
  readonly isLeaked: boolean;
  readonly nowMs: number;
}

export interface OldSecretEnd {
  readonly retiresAtMs: number;
  readonly expiresAtMs: number;
}

export function decideRotation({ secrets, atMs, graceSeconds, isLeaked, nowMs }: RotationWish): OldSecretEnd {
  if (isLeaked && (atMs !== undefined || graceSeconds > 0)) {
    throw new TollgateError({
      code: 'conflict',
      detail: 'The secret of this key leaked, so it gets no grace. Rotate without `grace_seconds` and `at`.',
    });
  }
  if (scheduledSecret(secrets, nowMs) !== undefined) {
    throw new TollgateError({
      code: 'conflict',
      detail: 'A rotation of this key is scheduled. Cancel it first (DELETE …/rotation), or wait for its time.',
    });
  }
  const retiresAtMs = atMs ?? nowMs;
  if (retiresAtMs < nowMs || retiresAtMs > nowMs + AHEAD_MAX_MS) {
    throw new TollgateError({
      code: 'validation_failed',
      detail: 'The rotation is not at a time that can be planned for. See `errors`.',
      errors: [{ pointer: '/at', detail: 'must lie ahead, by a year at most.' }],
    });
  }
  return { retiresAtMs, expiresAtMs: retiresAtMs + graceSeconds * 1_000 };
}

export function checkScheduled(secrets: readonly KeySecret[], nowMs: number): void {
  if (scheduledSecret(secrets, nowMs) !== undefined) return;
  throw new TollgateError({
    code: 'conflict',
    detail: 'No rotation of this key is scheduled. One whose time has come cannot be cancelled; rotate again instead.',
  });
}

/** The secret that a rotation to come will take the place of. */
function scheduledSecret(secrets: readonly KeySecret[], nowMs: number): KeySecret | undefined {
  return secrets.find(({ retiresAtMs }) => retiresAtMs !== null && retiresAtMs > nowMs);
}
