// What a route is: one object that drives the router, the checks and the OpenAPI document, so that they cannot disagree.

import type { AccountRecords } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import type { ErrorCode, Scope } from '@tollgate/domain';
import Type, { type Static, type TObject, type TProperties, type TSchema } from 'typebox';
import { createBodyDecoder } from './decode-body.ts';
import { createQueryDecoder } from './decode-query.ts';
import type { JsonValue } from './json-text.ts';

/** What a handler answers: JSON, nothing (204), or text that is sent as it is made. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: JsonValue }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'text';
      readonly contentType: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly chunks: AsyncIterable<string>;
    };

/** Where a request comes from: what the audit log says of it besides its caller. */
export interface Origin {
  /** The address of the sender, v4 or v6. */
  readonly address: string;
  readonly requestId: string;
}

/** The methods that change nothing are GET alone; the others run in one transaction. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler has besides what the request says. */
export interface CallContext {
  readonly caller: Caller;
  /** To be used for all reads and writes of accounts: one transaction for every request that may change something. */
  readonly records: AccountRecords;
  /** Where the request comes from. */
  readonly origin: Origin;
  /** The `Accept` header. */
  readonly accept: string | undefined;
}

export interface Call<Query, Body> extends CallContext {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** A request as the router found it. */
interface RawCall {
  readonly params: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
  /** Undefined when the request has no body. */
  readonly body: Uint8Array | undefined;
}

interface RouteDescription {
  readonly method: Method;
  /** With parameters in braces: `/v1/customers/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Without it the request is refused with `insufficient_scope`. */
  readonly scope: Scope;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly schema: TSchema;
    /** Media types of the answer besides JSON. */
    readonly alternatives?: readonly string[];
  };
  /** Error codes that are particular to the route. */
  readonly errors?: readonly ErrorCode[];
}

interface RouteDefinition<Query extends TObject, Body extends TObject> extends RouteDescription {
  readonly query?: Query;
  readonly body?: Body;
  handle(call: Call<Static<Query>, Static<Body>>): Promise<Answer>;
}

export interface Route extends RouteDescription {
  readonly querySchema: TObject;
  readonly bodySchema: TObject | undefined;
  /** Checks the request; what it gives does the work. */
  decode(raw: RawCall): (context: CallContext) => Promise<Answer>;
}

const Nothing = Type.Object({}, { additionalProperties: false });

export function defineRoute<Query extends TObject = TObject<TProperties>, Body extends TObject = TObject<TProperties>>(
  definition: RouteDefinition<Query, Body>,
): Route {
  const { query: querySchema, body: bodySchema, handle, ...description } = definition;
  const decodeQuery = createQueryDecoder<Static<Query>>(querySchema ?? Nothing);
  const decodeBody = createBodyDecoder<Static<Body>>(bodySchema ?? Nothing);
  return {
    ...description,
    querySchema: querySchema ?? Nothing,
    bodySchema,
    decode(raw) {
      const { params } = raw;
      const query = decodeQuery(raw.search);
      const body = decodeBody(raw.body);
      return (context) => handle({ ...context, params, query, body });
    },
  };
}

export function json(status: number, body: JsonValue): Answer {
  return { kind: 'json', status, body };
}

/** 204: done, and there is nothing to show. */
export const NOTHING: Answer = { kind: 'nothing' };
