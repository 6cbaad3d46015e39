// The error codes of the whole system and the HTTP status that each has. One table, so that no service invents a code
// and none gives the same code another status.

export const ERROR_STATUS = {
  invalid_request: 400,
  malformed_json: 400,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_target: 400,
  unsupported_grant_type: 400,
  missing_token: 401,
  invalid_token: 401,
  token_expired: 401,
  invalid_client: 401,
  insufficient_scope: 403,
  ip_not_allowed: 403,
  model_not_allowed: 403,
  cross_site_request: 403,
  customer_mismatch: 403,
  customer_suspended: 403,
  key_disabled: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  event_conflict: 409,
  conflict: 409,
  idempotency_key_in_use: 409,
  invoice_immutable: 409,
  books_do_not_balance: 409,
  length_required: 411,
  body_too_large: 413,
  batch_too_large: 413,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
  invalid_event: 422,
  timestamp_out_of_range: 422,
  invalid_cidr: 422,
  forbidden_url: 422,
  validation_failed: 422,
  idempotency_key_reused: 422,
  rate_limited: 429,
  quota_exceeded: 429,
  spend_limit_exceeded: 429,
  locked_out: 429,
  headers_too_large: 431,
  internal_error: 500,
  log_unavailable: 503,
  limits_unavailable: 503,
  unavailable: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One invalid value: `pointer` is an RFC 6901 JSON pointer into the body, or the name of a query parameter. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface TollgateErrorOptions {
  readonly code: ErrorCode;
  /** A sentence for the caller that says what to do. Never holds a secret, an address or a stack. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Seconds after which the same request may succeed; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** The key that was refused, where it is known: for logs and counts, never for the caller. */
  readonly keyId?: string;
  /** For logs only. */
  readonly cause?: unknown;
}

/** The one error class: what a caller may know is `code`, `detail` and `errors`; `cause` is for the log. */
export class TollgateError extends Error {
  override readonly name = 'TollgateError';
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly keyId: string | undefined;

  constructor(options: TollgateErrorOptions) {
    super(`${options.code}: ${options.detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.keyId = options.keyId;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  /** True when the same request may succeed later without a change. */
  get retryable(): boolean {
    return this.status === 503 || this.status === 429 || this.status === 408;
  }
}
