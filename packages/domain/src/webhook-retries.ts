// When a webhook is tried again, and when an endpoint is given up: pure decisions.

/** How an attempt ended: the receiver's status, or why there is none. */
export type WebhookOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null }
  | { readonly kind: 'failed'; readonly error: WebhookError };

export const WEBHOOK_ERRORS = [
  /** The URL is one that is not called: by its scheme, port, name or spelling. */
  'forbidden_url',
  /** The name leads to an address that is not public. */
  'forbidden_address',
  'name_not_resolved',
  'connection_failed',
  'connection_lost',
  'tls_failed',
  'timeout',
  'malformed_answer',
  /** What the endpoint's secret is sealed under is not among the secrets that are configured. */
  'secret_not_readable',
  'other',
] as const;

export type WebhookError = (typeof WEBHOOK_ERRORS)[number];

export type WebhookDecision =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly nextAtMs: number }
  /** Nothing more is tried by itself. */
  | { readonly kind: 'failed' }
  /** The receiver says that it is there no more: the endpoint is disabled. */
  | { readonly kind: 'gone' };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The longest pause before each further attempt. A pause is drawn from the whole range up to it (full jitter), so it is
 * half of it on average and all of them come to three days: receivers that were down together are not called together.
 */
export const WEBHOOK_PAUSES_MAX_MS: readonly number[] = [
  10 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  20 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  ...Array.from({ length: 5 }, () => 24 * HOUR_MS),
];

/** What a receiver asks for with `Retry-After` is heeded up to this. */
export const RETRY_AFTER_MAX_MS = 24 * HOUR_MS;

export function decideWebhook(attempt: {
  readonly outcome: WebhookOutcome;
  /** Of this delivery, before this one, since it was queued. */
  readonly failures: number;
  readonly pausesMaxMs: readonly number[];
  readonly nowMs: number;
  /** From 0 up to 1. */
  readonly random: number;
}): WebhookDecision {
  const { outcome, failures, pausesMaxMs, nowMs, random } = attempt;
  if (outcome.kind === 'answered') {
    if (outcome.status >= 200 && outcome.status < 300) return { kind: 'delivered' };
    if (outcome.status === 410) return { kind: 'gone' };
  }
  const pauseMaxMs = pausesMaxMs[failures];
  if (pauseMaxMs === undefined) return { kind: 'failed' };
  const jittered = Math.round(random * pauseMaxMs);
  const asked = outcome.kind === 'answered' ? (outcome.retryAfterMs ?? 0) : 0;
  // The jitter comes on top, so that those that were given the same instant do not all come at it.
  const askedMs = asked <= 0 ? 0 : Math.min(asked, RETRY_AFTER_MAX_MS) + Math.round(random * SECOND_MS);
  return { kind: 'retry', nextAtMs: nowMs + Math.max(jittered, askedMs) };
}

/** RFC 9110, section 10.2.3: seconds, or a date. Null for what is neither. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/** How an endpoint has fared since it last took something. */
export interface EndpointHealth {
  /** Of the first failure since; null: there was none. */
  readonly failingSinceMs: number | null;
  readonly failuresInARow: number;
}

/** Fewer may be one bad afternoon, however long ago the first of them was. */
export const DISABLING_FAILURES_MIN = 10;

export function isToBeDisabled(
  { failingSinceMs, failuresInARow }: EndpointHealth,
  { nowMs, afterMs }: { readonly nowMs: number; readonly afterMs: number },
): boolean {
  return failingSinceMs !== null && failuresInARow >= DISABLING_FAILURES_MIN && nowMs - failingSinceMs >= afterMs;
}
