// The OAuth endpoints in the OpenAPI document and on its page: they take forms, not JSON, so they are in no table of routes.

import { ERROR_STATUS, type ErrorCode, type JsonObject } from '@tollgate/domain';
import type { OAuthEndpoint } from './oauth-endpoint.ts';

export const OAUTH_TAG = 'OAuth';

/** The name of the security scheme for a client that authenticates by HTTP Basic. */
export const BASIC_SCHEME = 'client';

const COMMON_ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_client',
  'body_too_large',
  'unsupported_media_type',
  'locked_out',
  'unavailable',
];

const CLIENT_PARAMETERS = {
  client_id: 'The id of an API key, unless HTTP Basic is used.',
  client_secret: 'Its secret, likewise.',
};

export function oauthOperation(endpoint: OAuthEndpoint): JsonObject {
  const properties = Object.entries({ ...endpoint.parameters, ...CLIENT_PARAMETERS }).map(
    ([name, description]) => [name, { type: 'string', description }] as const,
  );
  return {
    operationId: endpoint.operationId,
    tags: [OAUTH_TAG],
    summary: endpoint.summary,
    description: endpoint.description,
    security: [{ [BASIC_SCHEME]: [] }, {}],
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': { schema: { type: 'object', properties: Object.fromEntries(properties) } },
      },
    },
    responses: {
      '200': { description: 'Done.', content: { 'application/json': { schema: { type: 'object' } } } },
      ...errorResponses([...COMMON_ERRORS, ...endpoint.errors]),
    },
  };
}

function errorResponses(codes: readonly ErrorCode[]): JsonObject {
  // A client that does not use the header is told `invalid_client` with 400 (RFC 6749 section 5.2).
  const pairs = [...codes.map((code) => [ERROR_STATUS[code], code] as const), [400, 'invalid_client'] as const];
  const statuses = [...new Set(pairs.map(([status]) => status))].sort((one, other) => one - other);
  return Object.fromEntries(
    statuses.map((status) => {
      const names = pairs.filter(([of]) => of === status).map(([, code]) => `\`${code}\``);
      const schema = { $ref: '#/components/schemas/OAuthError' };
      return [String(status), { description: names.join(', '), content: { 'application/json': { schema } } }];
    }),
  );
}

export const OAUTH_ERROR_SCHEMA: JsonObject = {
  type: 'object',
  description: 'RFC 6749 section 5.2, with the members of our problems beside it.',
  required: ['error', 'error_description', 'code', 'detail', 'request_id'],
  properties: {
    error: { type: 'string' },
    error_description: { type: 'string' },
    code: { type: 'string' },
    detail: { type: 'string' },
    request_id: { type: 'string' },
  },
};
