// The order in which a request is let in: a source that guesses is refused before its credential is looked at, then the
// credential counts, then the rates of its key. Both doors, ingest and the api, keep to it.

import { TollgateError } from '@tollgate/domain';
import type { KeyRates, Limits, Lockouts, RateVerdict } from './limits.ts';
import { rateLimited, rateLimitHeaders } from './rate-limit-headers.ts';

/** What has to be known of a caller. */
export interface RatedCaller extends Pick<KeyRates, 'keyId' | 'customerId'> {
  readonly rateLimits: Pick<KeyRates, 'requestsPerMinute' | 'tokensPerMinute'>;
}

export interface Entry<Caller extends RatedCaller> {
  /** Where the request comes from; see `sourceNetworkOf`. Asked for only when a source has failed. */
  readonly source: () => string;
  readonly authenticate: () => Caller | Promise<Caller>;
  /** Given to the answer, whatever it will be. */
  readonly setHeader: (name: string, value: string) => void;
}

export interface Gate {
  /**
   * Fails with `locked_out`, with what `authenticate` fails with, or with `rate_limited`. Synchronous for a credential that
   * is remembered and whose key has no limits.
   */
  enter<Caller extends RatedCaller>(entry: Entry<Caller>): Caller | Promise<Caller>;
  /** Throws `locked_out` when the source may not try a credential now: for credentials that do not pass through `enter`. */
  refuseLockedOut(source: () => string): void;
  /** Counts a credential that was wrong, for those that do not pass through `enter`. */
  failed(source: string): void;
}

export function createGate({ limits, lockouts }: { readonly limits: Limits; readonly lockouts: Lockouts }): Gate {
  const refuseLockedOut = (source: () => string): void => {
    if (lockouts.isQuiet) return;
    const retryAfterSeconds = lockouts.retryAfterSeconds(source());
    if (retryAfterSeconds !== undefined) throw lockedOut(retryAfterSeconds);
  };

  const admit = <Caller extends RatedCaller>(caller: Caller, entry: Entry<Caller>): Caller | Promise<Caller> => {
    const { keyId, customerId, rateLimits } = caller;
    const { requestsPerMinute, tokensPerMinute } = rateLimits;
    if (requestsPerMinute === null && tokensPerMinute === null) return caller;
    const decided = (verdict: RateVerdict): Caller => {
      for (const [name, value] of Object.entries(rateLimitHeaders(verdict))) entry.setHeader(name, value);
      const refusal = rateLimited(verdict, keyId);
      if (refusal !== undefined) throw refusal;
      return caller;
    };
    return limits.admit({ keyId, customerId, requestsPerMinute, tokensPerMinute }).then(decided);
  };

  return {
    refuseLockedOut,
    failed: (source) => lockouts.failed(source),
    enter(entry) {
      refuseLockedOut(entry.source);
      const fail = (error: unknown): never => {
        if (isWrongCredential(error)) lockouts.failed(entry.source());
        throw error;
      };
      let authenticated: ReturnType<typeof entry.authenticate>;
      try {
        authenticated = entry.authenticate();
      } catch (error) {
        return fail(error);
      }
      if (!(authenticated instanceof Promise)) return admit(authenticated, entry);
      return authenticated.catch(fail).then((caller) => admit(caller, entry));
    },
  };
}

/** 401 alone: who is known and may not (403) does not guess. Nor does who shows what was right once and has expired. */
function isWrongCredential(error: unknown): boolean {
  return error instanceof TollgateError && error.status === 401 && error.code !== 'token_expired';
}

function lockedOut(retryAfterSeconds: number): TollgateError {
  return new TollgateError({
    code: 'locked_out',
    detail: 'Too many requests with wrong credentials came from this address. Wait, and check the credentials.',
    retryAfterSeconds,
  });
}
