// The one error that both adapters give when the log does not answer.

import { TollgateError } from '@tollgate/domain';

/** `cause` is for the log only; a `TollgateError` passes unchanged. */
export function logUnavailable(cause: unknown): TollgateError {
  if (cause instanceof TollgateError) return cause;
  return new TollgateError({
    code: 'log_unavailable',
    detail: 'The event log does not answer at the moment. Send the same events again: what was kept counts once.',
    retryAfterSeconds: 1,
    cause,
  });
}
