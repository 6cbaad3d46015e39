// The OpenAPI 3.1 document, made from the routes: the schemas that check requests are the ones that describe them.

import { ERROR_STATUS, type ErrorCode } from '@tollgate/domain';
import { PROBLEM_MEDIA_TYPE } from '@tollgate/runtime';
import type { TSchema } from 'typebox';
import { INGEST_OPERATIONS, INGEST_SERVER } from './ingest-operations.ts';
import type { JsonValue } from './json-text.ts';
import { asJson } from './json-text.ts';
import { BASIC_SCHEME, OAUTH_ERROR_SCHEMA, OAUTH_TAG, oauthOperation } from './oauth/describe-oauth.ts';
import type { OAuthEndpoint } from './oauth/oauth-endpoint.ts';
import type { DescribedRoute, Route } from './route.ts';

type JsonObject = { [name: string]: JsonValue };

const COMMON_ERRORS: readonly ErrorCode[] = ['unavailable', 'internal_error'];
const CALLER_ERRORS: readonly ErrorCode[] = [
  'missing_token',
  'invalid_token',
  'token_expired',
  'insufficient_scope',
  'key_disabled',
  'customer_suspended',
  'ip_not_allowed',
];
const BODY_ERRORS: readonly ErrorCode[] = [
  'malformed_json',
  'validation_failed',
  'body_too_large',
  'unsupported_media_type',
  'unsupported_encoding',
];
const IDEMPOTENCY_ERRORS: readonly ErrorCode[] = ['idempotency_key_in_use', 'idempotency_key_reused'];

const PROBLEM: JsonObject = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `detail` says what to do.',
  required: ['type', 'title', 'status', 'code', 'detail', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'A JSON pointer into the body, or the name of a query parameter.' },
          detail: { type: 'string' },
        },
      },
    },
    request_id: { type: 'string' },
  },
};

export function openApiDocument(routes: readonly Route[], oauthEndpoints: readonly OAuthEndpoint[]): JsonObject {
  const paths: Record<string, JsonObject> = {};
  const add = (route: DescribedRoute, more: JsonObject): void => {
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = { ...operationOf(route), ...more };
    paths[route.path] = operations;
  };
  for (const route of routes) add(route, {});
  for (const route of INGEST_OPERATIONS) add(route, { servers: [INGEST_SERVER] });
  for (const endpoint of oauthEndpoints) paths[endpoint.path] = { post: oauthOperation(endpoint) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tollgate API',
      version: '1',
      description:
        'Customers, API keys, usage, events and books. Times are RFC 3339; money is decimal text; lists page by cursor; every answer carries `X-Request-Id`.',
    },
    security: [{ bearer: [] }, { session: [] }],
    tags: [...new Set([...[...routes, ...INGEST_OPERATIONS].map(({ tag }) => tag), OAUTH_TAG])].map((name) => ({
      name,
    })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key (`tg_live_…` or `tg_test_…`), or an access token obtained with one.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-tollgate_session',
          description: 'Of somebody who signed in to the dashboard; without HTTPS, `tollgate_session`.',
        },
        [BASIC_SCHEME]: { type: 'http', scheme: 'basic', description: 'The id of an API key and its secret.' },
      },
      schemas: { Problem: PROBLEM, OAuthError: OAUTH_ERROR_SCHEMA },
    },
  };
}

function operationOf(route: DescribedRoute): JsonObject {
  const { success } = route;
  const media: JsonObject = { 'application/json': { schema: asJson(success.schema) } };
  for (const mediaType of success.alternatives ?? []) media[mediaType] = { schema: { type: 'string' } };
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, accessOf(route)].filter((part) => part !== undefined).join('\n\n'),
    ...(route.scope === null ? { security: [] } : {}),
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.bodySchema === undefined
      ? {}
      : { requestBody: { required: true, content: bodyContent(route, route.bodySchema) } }),
    responses: {
      [success.status]: success.status === 204 ? { description: 'Done.' } : { description: 'Done.', content: media },
      ...errorResponses(route),
    },
  };
}

function bodyContent({ bodyReaders = {} }: DescribedRoute, schema: TSchema): JsonObject {
  const content: JsonObject = { 'application/json': { schema: asJson(schema) } };
  for (const mediaType of Object.keys(bodyReaders)) content[mediaType] = { schema: { type: 'string' } };
  return content;
}

function accessOf({ scope }: DescribedRoute): string {
  if (scope === null) return 'Open to everybody: no token is needed.';
  return scope === 'any' ? 'Any scope will do.' : `Scope: \`${scope}\`.`;
}

function pathParameters({ path }: DescribedRoute): readonly JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ querySchema }: DescribedRoute): readonly JsonObject[] {
  const required = new Set<string>('required' in querySchema ? (querySchema.required ?? []) : []);
  return Object.entries(querySchema.properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.has(name),
    ...descriptionOf(schema),
    // An object in the form style is one parameter for each member: `metadata.NAME=value`.
    ...(name === 'metadata' ? { style: 'form', explode: true } : {}),
    schema: asJson(schema),
  }));
}

function descriptionOf(schema: TSchema): JsonObject {
  return 'description' in schema && typeof schema.description === 'string' ? { description: schema.description } : {};
}

/** Events have ids of their own, and a lost authorization expires. */
function takesIdempotencyKey(route: DescribedRoute): boolean {
  return route.method === 'POST' && !INGEST_OPERATIONS.includes(route);
}

function headerParameters(route: DescribedRoute): readonly JsonObject[] {
  if (!takesIdempotencyKey(route) || route.scope === null) return [];
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same key with the same request gets the first answer for 24 hours, and has no second effect.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ];
}

function errorResponses(route: DescribedRoute): JsonObject {
  const codes = new Set<ErrorCode>([
    ...COMMON_ERRORS,
    ...(route.scope === null ? [] : CALLER_ERRORS),
    ...(route.errors ?? []),
    ...(route.bodySchema !== undefined || route.method === 'POST' ? BODY_ERRORS : []),
    ...(takesIdempotencyKey(route) ? IDEMPOTENCY_ERRORS : []),
    ...(Object.keys(route.querySchema.properties).length > 0 ? (['validation_failed'] as const) : []),
    ...(route.path.includes('{') ? (['not_found'] as const) : []),
  ]);
  const statuses = [...new Set([...codes].map((code) => ERROR_STATUS[code]))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = [...codes].filter((code) => ERROR_STATUS[code] === status);
      const description = ofStatus.map((code) => `\`${code}\``).join(', ');
      const schema = { $ref: '#/components/schemas/Problem' };
      return [String(status), { description, content: { [PROBLEM_MEDIA_TYPE]: { schema } } }];
    }),
  );
}
