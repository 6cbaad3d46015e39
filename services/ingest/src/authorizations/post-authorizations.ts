// `POST /v1/authorizations`: may this request be made? Asked by a customer's key for itself or another key of its customer, or
// by an operator's gateway for anybody.

import type { Caller } from '@tollgate/auth';
import { holdsScope, TollgateError } from '@tollgate/domain';
import { JSON_MEDIA_TYPE } from '../answer.ts';
import { bodyFormatOf } from '../body-format.ts';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { HotRoute } from '../serve-request.ts';
import { type Authorization, authorizationJson } from './authorization.ts';
import { type AuthorizeOptions, authorize } from './authorize.ts';
import { readAuthorization } from './read-authorization.ts';

const BODY_BYTES_MAX = 1024 * 1024;

export function postAuthorizations(options: AuthorizeOptions & { readonly metrics: IngestMetrics }): HotRoute {
  return {
    name: '/v1/authorizations',
    bodyBytesMax: BODY_BYTES_MAX,
    check(req, caller) {
      requireLimitsScope(caller);
      if (bodyFormatOf(req) === 'json') return;
      throw new TollgateError({ code: 'unsupported_media_type', detail: 'Send application/json.' });
    },
    async answer({ caller, bytes, nowMs }) {
      const startedAt = performance.now();
      const request = readAuthorization(bytes);
      const authorization = await authorize(options, { caller, request, bytes, nowMs });
      const log = outcomeOf(authorization);
      options.metrics.authorized(log, performance.now() - startedAt);
      return {
        status: 200,
        mediaType: JSON_MEDIA_TYPE,
        body: authorizationJson(authorization, { isOperator: caller.customerId === null, nowMs }),
        log,
      };
    },
  };
}

function outcomeOf(authorization: Authorization): Parameters<IngestMetrics['authorized']>[0] {
  if (authorization.kind === 'denied') return { outcome: 'denied', code: authorization.code };
  const isTrusted = authorization.standings.some(({ remaining }) => remaining === null);
  return { outcome: isTrusted ? 'allowed_on_trust' : 'allowed', code: '' };
}

/** A customer's key acts for its customer, whatever its scopes; only an operator's key may be allowed any. */
export function requireLimitsScope({ customerId, scopes }: Caller): void {
  const scope = customerId === null ? 'limits:check:any' : 'limits:check';
  if (holdsScope(scopes, scope)) return;
  throw new TollgateError({ code: 'insufficient_scope', detail: `The API key lacks the scope \`${scope}\`.` });
}
