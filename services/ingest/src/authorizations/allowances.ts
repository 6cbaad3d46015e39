// What this process let through on trust: while a limit's counter is not known (it is being rebuilt, or Redis is away) an
// `open` limit admits its allowance, and each process its share of it, so that all together admit no more than the whole.
//
// What was let through counts until the counter is known again and the reservation has run out: by then it was settled, and
// is in the counter, or came to nothing.

import type { LimitDemand } from '@tollgate/domain';

export interface Taken {
  /** For each demand what its limit may admit while its counter is not known; null: nothing more from here. */
  readonly allowances: readonly (bigint | null)[];
  /** What came of the request: what is left of each limit (null: not known), or undefined when it was refused. */
  end(remaining: readonly (bigint | null)[] | undefined): void;
}

interface Trusted {
  /** Let through. */
  kept: bigint;
  /** Of requests that are being decided. */
  pending: bigint;
  /** When the last of what was let through has run out. */
  untilMs: number;
}

/** Past so many limits at once nothing more is let through on trust. */
const LIMITS_MAX = 100_000;

export class Allowances {
  readonly #processes: bigint;
  readonly #trusted = new Map<string, Trusted>();

  /** `processes`: how many share each allowance. */
  constructor({ processes }: { readonly processes: number }) {
    this.#processes = BigInt(processes);
  }

  take(demands: readonly LimitDemand[], of: { readonly nowMs: number; readonly expiresAtMs: number }): Taken {
    const taken = demands.map((demand) => this.#takeOne(demand));
    return {
      allowances: demands.map((demand, at) => (taken[at] === undefined ? null : demand.allowanceWhenUnknown)),
      end: (remaining) => {
        for (const [at, { limit, quantity }] of demands.entries()) {
          const trusted = taken[at];
          if (trusted === undefined) continue;
          trusted.pending -= quantity;
          if (remaining !== undefined && remaining[at] === null) {
            trusted.kept += quantity;
            trusted.untilMs = Math.max(trusted.untilMs, of.expiresAtMs);
          } else if (remaining !== undefined && trusted.untilMs <= of.nowMs) {
            trusted.kept = 0n;
          }
          if (trusted.kept + trusted.pending === 0n) this.#trusted.delete(limit.id);
        }
      },
    };
  }

  /** Undefined where there is no allowance, or no more of it. */
  #takeOne({ limit, quantity, allowanceWhenUnknown }: LimitDemand): Trusted | undefined {
    if (allowanceWhenUnknown === null) return undefined;
    const trusted = this.#trusted.get(limit.id) ?? { kept: 0n, pending: 0n, untilMs: 0 };
    if (trusted.kept + trusted.pending + quantity > allowanceWhenUnknown / this.#processes) return undefined;
    if (this.#trusted.size >= LIMITS_MAX && !this.#trusted.has(limit.id)) return undefined;
    trusted.pending += quantity;
    this.#trusted.set(limit.id, trusted);
    return trusted;
  }
}
