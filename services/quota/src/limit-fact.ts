// What a webhook says of a limit.

import type { Fact, Limit } from '@tollgate/accounts';
import { formatDecimal, formatTimestamp, type JsonObject, type JsonValue, type WebhookType } from '@tollgate/domain';

const PICO_DIGITS = 12;

export interface LimitOccasion {
  readonly kind: 'threshold' | 'projected' | 'resolved';
  readonly threshold: number;
  readonly used: bigint;
  /** What the use comes to by the end of the window. */
  readonly projected?: bigint;
  readonly windowStartMs: number;
  /** Infinity: it never ends. */
  readonly windowEndMs: number;
  readonly atMs: number;
}

export function factOf(
  { limit, currency }: { readonly limit: Limit; readonly currency: string },
  occasion: LimitOccasion,
): Fact {
  const { kind, threshold, used, projected, windowStartMs, windowEndMs, atMs } = occasion;
  const quantity = (value: bigint): JsonValue => (limit.metric === 'cost' ? formatDecimal(value, PICO_DIGITS) : value);
  const data: JsonObject = {
    limit: {
      id: limit.id,
      scope: { [limit.scope.kind]: limit.scope.id },
      model: limit.modelPattern,
      metric: limit.metric,
      window: limit.window,
      mode: limit.mode,
      amount: quantity(limit.amount),
      ...(limit.metric === 'cost' ? { currency } : {}),
    },
    ...(kind === 'threshold' ? { threshold } : {}),
    used: quantity(used),
    ...(projected === undefined ? {} : { projected: quantity(projected) }),
    window_start: formatTimestamp(windowStartMs),
    resets_at: Number.isFinite(windowEndMs) ? formatTimestamp(windowEndMs) : null,
    occurred_at: formatTimestamp(atMs),
  };
  return { type: typeOf(limit, occasion), customerId: limit.customerId, data };
}

function typeOf({ metric }: Limit, { kind, threshold }: LimitOccasion): WebhookType {
  switch (kind) {
    case 'projected':
      return 'limit.projected';
    case 'resolved':
      return 'limit.resolved';
    case 'threshold':
      if (threshold !== 100) return 'limit.threshold_reached';
      return metric === 'cost' ? 'spend_limit.reached' : 'quota.exceeded';
  }
}
