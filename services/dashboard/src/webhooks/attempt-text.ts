// How an attempt went, in words.

import type { Attempt } from './webhook-queries.ts';

const ERROR_NAMES: Readonly<Record<NonNullable<Attempt['error']>, string>> = {
  forbidden_url: 'The URL is one that is not called',
  forbidden_address: 'The name leads to an address that is not public',
  name_not_resolved: 'The name leads nowhere',
  connection_failed: 'Nobody answered the connection',
  connection_lost: 'The connection was lost',
  tls_failed: 'The certificate is not valid, or TLS failed',
  timeout: 'No answer in time',
  malformed_answer: 'The answer is no HTTP',
  secret_not_readable: 'The secret cannot be read here: the encryption key changed',
  other: 'It failed for another reason',
};

export function attemptText({ status, error }: Attempt): string {
  if (status !== null) return `${status}${status >= 300 && status < 400 ? ' (redirects are not followed)' : ''}`;
  return error === null ? 'No answer' : ERROR_NAMES[error];
}

export function durationText(ms: number): string {
  return ms < 10_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export function isTaken({ status }: Attempt): boolean {
  return status !== null && status >= 200 && status < 300;
}
