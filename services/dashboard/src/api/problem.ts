// What went wrong, as the api said it: RFC 9457 with our `code`, and the request id to quote.

interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly errors: readonly FieldError[];

  constructor(problem: Pick<ProblemError, 'status' | 'code' | 'detail' | 'requestId' | 'errors'>) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.requestId = problem.requestId;
    this.errors = problem.errors;
  }
}

/** `body`: what the answer held, of whatever shape. */
export function toProblem(res: Response, body: unknown): ProblemError {
  const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return new ProblemError({
    status: res.status,
    code: textOr(said['code'], `http_${res.status}`),
    detail: textOr(said['detail'], 'The server gave an answer that cannot be read. Try again in a moment.'),
    requestId: res.headers.get('x-request-id'),
    errors: Array.isArray(said['errors']) ? said['errors'].filter(isFieldError) : [],
  });
}

/** For people, whatever it was. */
export function asProblem(thrown: unknown): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  const isNetwork = thrown instanceof TypeError && /fetch|network|load failed/i.test(thrown.message);
  return new ProblemError({
    status: 0,
    code: isNetwork ? 'no_connection' : 'dashboard_error',
    detail: isNetwork
      ? 'The server cannot be reached. Check the connection; this page goes on by itself.'
      : `Something went wrong in this page: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    requestId: null,
    errors: [],
  });
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function isFieldError(value: unknown): value is FieldError {
  return typeof value === 'object' && value !== null && 'pointer' in value && 'detail' in value;
}
