// An element of a request that was read and found valid, before it is known whose it is. It keeps no parsed values, so
// that a request that waits for a look-up holds little more than its bytes.

export interface Draft {
  readonly kind: 'event' | 'void';
  readonly index: number;
  /** The JSON pointer of the element in the body. */
  readonly pointer: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** Empty for an event without one. */
  readonly model: string;
  /** The reservation that it settles. */
  readonly reservation: string | undefined;
  /** Whose use it is, as the sender says. */
  readonly key: string | undefined;
  readonly customer: string | undefined;
  /** What the log will hold: a view into the request's body where it can be. */
  readonly body: Uint8Array;
}
