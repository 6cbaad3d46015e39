// What becomes of an event that is reported: exactly one of these.

import type { FieldError, TollgateError } from '../tollgate-error.ts';

/** Why Tollgate will never take the event as it is. */
export interface Rejection {
  /** Such as `invalid_event`, `timestamp_out_of_range`, `customer_mismatch`, `event_conflict`, `quota_exceeded`. */
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** `queue_full`: never queued. `gave_up`: tried for as long as was said. `closed`: the client was closed, or the
 * program ended, before it was taken. */
export type UndeliveredReason = 'queue_full' | 'gave_up' | 'closed';

export type Delivery =
  /** In Tollgate's log for good, or known there already. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  /** It may have arrived all the same; sent again with the same id, it counts once. */
  | { readonly kind: 'undelivered'; readonly reason: UndeliveredReason };

export interface Report {
  /** Of the event, as it was given or made. */
  readonly id: string;
  /** False when the queue was full, the client closed, or the event cannot be sent at all. */
  readonly isQueued: boolean;
  /** Never rejects. */
  readonly durable: Promise<Delivery>;
}

export interface Retry {
  readonly error: TollgateError;
  /** Failures without a success in between. */
  readonly failures: number;
  readonly delayMs: number;
  /** Events that wait. */
  readonly pending: number;
}
