// What a call to Tollgate fails with. A refusal of the use itself is not among these: see `refusal.ts`.

/** `unreachable`: no answer came. `timeout`: not in time. `unexpected_answer`: not one of Tollgate's; a proxy's, mostly. */
export type ClientErrorCode = 'unreachable' | 'timeout' | 'unexpected_answer';

export interface FieldError {
  /** A JSON pointer into what was sent. */
  readonly pointer: string;
  readonly detail: string;
}

export interface TollgateErrorOptions {
  readonly code: string;
  readonly detail: string;
  readonly status?: number;
  readonly errors?: readonly FieldError[];
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
  readonly cause?: unknown;
}

export class TollgateError extends Error {
  override readonly name: string = 'TollgateError';
  /** A code of Tollgate's table of errors, or a `ClientErrorCode`. Stable, unlike the message. */
  readonly code: string;
  readonly detail: string;
  /** Of the answer; 0 when none came. */
  readonly status: number;
  readonly errors: readonly FieldError[];
  /** What `Retry-After` said; null when it said nothing. */
  readonly retryAfterMs: number | null;
  /** To be quoted to whoever runs Tollgate. */
  readonly requestId: string | null;

  constructor(options: TollgateErrorOptions) {
    super(`${options.code}: ${options.detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.detail = options.detail;
    this.status = options.status ?? 0;
    this.errors = options.errors ?? [];
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.requestId = options.requestId ?? null;
  }

  /** True when the same call may succeed later without a change. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}
