// How much of the process requests may hold: a bound on the bytes of bodies and on requests for all, so that memory is
// bounded under any flood (503), and a share of it for each API key, so that one sender cannot shut out the rest (429).

import { TollgateError } from '@tollgate/domain';

export interface AdmissionLimits {
  readonly bytesMax: number;
  readonly requestsMax: number;
  /** Of one API key. */
  readonly keyBytesMax: number;
  readonly keyRequestsMax: number;
}

/** What one request holds. */
export interface Ticket {
  /** Takes more bytes. Throws `unavailable` or `rate_limited` when there is no room for them. */
  take(bytes: number): void;
  /** Gives everything back. */
  release(): void;
}

export interface Admission {
  /** Throws `unavailable` or `rate_limited` when there is no room for another request. */
  enter(keyId: string): Ticket;
  readonly bytesInFlight: number;
  readonly requestsInFlight: number;
}

interface Held {
  bytes: number;
  requests: number;
}

export function createAdmission(limits: AdmissionLimits): Admission {
  const total: Held = { bytes: 0, requests: 0 };
  // Only keys with a request under way have an entry.
  const byKey = new Map<string, Held>();
  return {
    get bytesInFlight() {
      return total.bytes;
    },
    get requestsInFlight() {
      return total.requests;
    },
    enter(keyId) {
      const ofKey = byKey.get(keyId) ?? { bytes: 0, requests: 0 };
      if (total.requests >= limits.requestsMax) throw busy();
      if (ofKey.requests >= limits.keyRequestsMax) throw limited();
      total.requests++;
      ofKey.requests++;
      byKey.set(keyId, ofKey);
      let held = 0;
      return {
        take(bytes) {
          if (total.bytes + bytes > limits.bytesMax) throw busy();
          if (ofKey.bytes + bytes > limits.keyBytesMax) throw limited();
          total.bytes += bytes;
          ofKey.bytes += bytes;
          held += bytes;
        },
        release() {
          total.bytes -= held;
          total.requests--;
          ofKey.bytes -= held;
          ofKey.requests--;
          if (ofKey.requests === 0) byKey.delete(keyId);
        },
      };
    },
  };
}

function busy(): TollgateError {
  const detail = 'Too many requests are under way. Nothing of this one was kept; send it again in a moment.';
  return new TollgateError({ code: 'unavailable', detail, retryAfterSeconds: 1 });
}

function limited(): TollgateError {
  const detail = 'This API key has too many requests under way. Wait for answers before sending more.';
  return new TollgateError({ code: 'rate_limited', detail, retryAfterSeconds: 1 });
}
