// What a route is: one object that drives the router, the checks and the OpenAPI document, so that they cannot disagree.

import type { IncomingHttpHeaders } from 'node:http';
import type { AccountRecords } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import type { ErrorCode, Scope } from '@tollgate/domain';
import Type, { type Static, type TObject, type TProperties, type TSchema } from 'typebox';
import { type BodyReaders, createBodyDecoder } from './decode-body.ts';
import { createQueryDecoder } from './decode-query.ts';
import type { JsonValue } from './json-text.ts';
import type { SessionCookie } from './sessions/session-cookie.ts';

/** What a handler answers: JSON, nothing (204), or text or bytes that are sent as they are made. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: JsonValue;
      /** Not kept for a request that is sent again. */
      readonly headers?: Readonly<Record<string, string>>;
      /** Waited for once what was done is committed, before the answer is sent. */
      readonly afterCommit?: () => Promise<void>;
      /** What is shown in place of the body once what was done is committed; a request that is sent again gets the body. */
      readonly shownAfterCommit?: () => Promise<JsonValue>;
    }
  | { readonly kind: 'nothing'; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly kind: 'text';
      readonly contentType: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly chunks: AsyncIterable<string>;
    }
  | {
      readonly kind: 'bytes';
      readonly status: 200 | 206;
      readonly contentType: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly chunks: AsyncIterable<Uint8Array>;
    };

/** Where a request comes from: what the audit log says of it besides its caller. */
export interface Origin {
  /** The address of the sender, v4 or v6. */
  readonly address: string;
  readonly requestId: string;
}

/** The methods that change nothing are GET alone; the others run in one transaction. */
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler has besides what the request says. */
export interface CallContext extends OpenContext {
  readonly caller: Caller;
}

/** What the handler of an open route has, whose caller nobody knows. */
interface OpenContext {
  /** To be used for all reads and writes of accounts: one transaction for every request that may change something. */
  readonly records: AccountRecords;
  /** Where the request comes from. */
  readonly origin: Origin;
  /** The `Accept` header. */
  readonly accept: string | undefined;
  /** Of the view that asks. */
  readonly sessionCookie: SessionCookie;
  /** As it came, for what is signed. */
  readonly received: { readonly headers: IncomingHttpHeaders; readonly body: Uint8Array | undefined };
}

export interface Call<Query, Body> extends CallContext {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

export interface OpenCall<Query, Body> extends OpenContext {
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
  /** The body's, without parameters. */
  readonly mediaType: string;
}

interface RouteDescription {
  readonly method: Method;
  /** With parameters in braces: `/v1/customers/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly schema: TSchema;
    /** Media types of the answer besides JSON. */
    readonly alternatives?: readonly string[];
  };
  /** Error codes that are particular to the route. */
  readonly errors?: readonly ErrorCode[];
  /** Of the body. Absent: what a small JSON object needs. */
  readonly bodyBytesMax?: number;
  /** Media types that the body may have besides JSON, and what makes of its text the value that the schema checks. */
  readonly bodyReaders?: BodyReaders;
}

interface RouteDefinition<Query extends TObject, Body extends TSchema> extends RouteDescription {
  /** Without it the request is refused with `insufficient_scope`. `any`: a caller who is known is enough. */
  readonly scope: Scope | 'any';
  readonly query?: Query;
  readonly body?: Body;
  handle(call: Call<Static<Query>, Static<Body>>): Promise<Answer>;
}

interface OpenRouteDefinition<Query extends TObject, Body extends TSchema> extends RouteDescription {
  readonly query?: Query;
  readonly body?: Body;
  handle(call: OpenCall<Static<Query>, Static<Body>>): Promise<Answer>;
}

export interface Route extends RouteDescription {
  /** Null: open to everybody, and no credential is looked at. */
  readonly scope: Scope | 'any' | null;
  readonly querySchema: TObject;
  readonly bodySchema: TSchema | undefined;
  /** Checks the request; what it gives does the work. */
  decode(raw: RawCall): (context: OpenContext & { readonly caller: Caller | null }) => Promise<Answer>;
}

/** What the document says of a route, whoever answers it. */
export type DescribedRoute = Omit<Route, 'decode'>;

const Nothing = Type.Object({}, { additionalProperties: false });

export function defineRoute<Query extends TObject = TObject<TProperties>, Body extends TSchema = TObject<TProperties>>(
  definition: RouteDefinition<Query, Body>,
): Route {
  const { query, body, handle, ...description } = definition;
  const { decode, ...schemas } = decoderOf(query, body, description.bodyReaders);
  return {
    ...description,
    ...schemas,
    decode(raw) {
      const said = decode(raw);
      return async ({ caller, ...context }) => {
        if (caller === null) throw new Error(`${description.path} was called by nobody`);
        return await handle({ ...context, ...said, caller });
      };
    },
  };
}

/** A route for everybody: whoever calls it is not asked who they are. */
export function defineOpenRoute<
  Query extends TObject = TObject<TProperties>,
  Body extends TSchema = TObject<TProperties>,
>(definition: OpenRouteDefinition<Query, Body>): Route {
  const { query, body, handle, ...description } = definition;
  const { decode, ...schemas } = decoderOf(query, body, description.bodyReaders);
  return {
    ...description,
    ...schemas,
    scope: null,
    decode(raw) {
      const said = decode(raw);
      return ({ caller: _, ...context }) => handle({ ...context, ...said });
    },
  };
}

function decoderOf<Query extends TObject, Body extends TSchema>(
  query: Query | undefined,
  body: Body | undefined,
  readers: BodyReaders | undefined,
) {
  const querySchema = query ?? Nothing;
  const decodeQuery = createQueryDecoder<Static<Query>>(querySchema);
  const decodeBody = createBodyDecoder<Static<Body>>(body ?? Nothing, readers);
  return {
    querySchema,
    bodySchema: body,
    decode: ({ params, search, body: bytes, mediaType }: RawCall) => ({
      params,
      query: decodeQuery(search),
      body: decodeBody(bytes, mediaType),
    }),
  };
}

export function json(status: number, body: JsonValue): Answer {
  return { kind: 'json', status, body };
}

/** 204: done, and there is nothing to show. */
export const NOTHING: Answer = { kind: 'nothing' };
