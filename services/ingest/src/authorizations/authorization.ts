// What came of an authorization, and how it is told. A refusal is an answer like any other: the request itself was fine.

import {
  type ErrorCode,
  formatDecimal,
  formatTimestamp,
  type LimitDemand,
  type LimitMetric,
  type LimitRule,
  type TimedDemand,
} from '@tollgate/domain';

/** `unpriced`: a budget applies, and nobody knows what the request may cost. */
export type DenialCode =
  | Extract<
      ErrorCode,
      | 'invalid_token'
      | 'key_disabled'
      | 'token_expired'
      | 'customer_suspended'
      | 'model_not_allowed'
      | 'ip_not_allowed'
      | 'rate_limited'
      | 'quota_exceeded'
      | 'spend_limit_exceeded'
      | 'limits_unavailable'
    >
  | 'unpriced';

/** How it stands with one limit. */
export interface LimitStanding {
  readonly timed: TimedDemand<LimitRule>;
  /** In the metric's unit; null while the counter is not known. */
  readonly remaining: bigint | null;
}

export interface Denial {
  readonly kind: 'denied';
  readonly code: DenialCode;
  /** A sentence that says what to do. */
  readonly detail: string;
  /** The limit that refused. */
  readonly standing: LimitStanding | null;
  /** When the same request may be let through; null: nobody knows, or never. */
  readonly resetsAtMs: number | null;
}

interface Permit {
  readonly kind: 'allowed';
  readonly reservationId: string;
  readonly expiresAtMs: number;
  readonly standings: readonly LimitStanding[];
}

export type Authorization = Permit | Denial;

const MINUTE_MS = 60_000n;
const MONEY_DIGITS = 12;

/** The operator's own limits are shown to the operator alone. */
export function authorizationJson(
  authorization: Authorization,
  { isOperator, nowMs }: { readonly isOperator: boolean; readonly nowMs: number },
): string {
  const isShown = ({ timed }: LimitStanding): boolean => isOperator || timed.rule.scope.kind !== 'organization';
  if (authorization.kind === 'allowed') {
    const { reservationId, expiresAtMs, standings } = authorization;
    return JSON.stringify({
      allowed: true,
      reservation: reservationId,
      expires_at: formatTimestamp(expiresAtMs),
      limits: standings.filter(isShown).map((standing) => ({
        id: standing.timed.rule.id,
        remaining: amountJson(standing.timed.rule.metric, standing.remaining),
        resets_at: timeJson(resetOf(standing, nowMs)),
      })),
    });
  }
  const { code, detail, standing, resetsAtMs } = authorization;
  return JSON.stringify({
    allowed: false,
    code,
    detail,
    limit: standing !== null && isShown(standing) ? limitJson(standing) : null,
    resets_at: timeJson(resetsAtMs),
  });
}

function limitJson({ timed: { rule }, remaining }: LimitStanding): object {
  const { id, metric, window, amount } = rule;
  return { id, metric, window, amount: amountJson(metric, amount), remaining: amountJson(metric, remaining) };
}

/** Money is decimal text, all else a number. */
function amountJson(metric: LimitMetric, amount: bigint | null): string | number | null {
  if (amount === null) return null;
  return metric === 'cost' ? formatDecimal(amount, MONEY_DIGITS) : Number(amount);
}

function timeJson(atMs: number | null): string | null {
  return atMs === null ? null : formatTimestamp(atMs);
}

/** When all of the limit is there again; null: never, or nobody knows. */
function resetOf({ timed: { window, demand }, remaining }: LimitStanding, nowMs: number): number | null {
  if (window !== null) return Number.isFinite(window.endMs) ? window.endMs : null;
  return remaining === null ? null : nowMs + drainMs(demand, demand.amount - remaining);
}

/** When the refused request fits in; null: never, or nobody knows. */
export function fitsAtMs({ timed: { window, demand }, remaining }: LimitStanding, nowMs: number): number | null {
  const { quantity, amount } = demand;
  if (remaining === null || quantity > amount) return null;
  if (window !== null) return Number.isFinite(window.endMs) ? window.endMs : null;
  return nowMs + drainMs(demand, quantity - remaining);
}

/** How long a bucket takes to drain so much. */
function drainMs({ amount }: LimitDemand, quantity: bigint): number {
  if (amount === 0n || quantity <= 0n) return 0;
  return Number((quantity * MINUTE_MS + amount - 1n) / amount);
}
