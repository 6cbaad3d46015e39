// From a request to its answer: who asks, may they, what do they ask, do it, say so.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { AccountRecords, Accounts } from '@tollgate/accounts';
import { type Authenticator, authorizationOf, type Caller, sourceNetworkOf } from '@tollgate/auth';
import { holdsScope, type Scope, TollgateError } from '@tollgate/domain';
import type { Gate } from '@tollgate/limits';
import type { View } from './dashboard/view.ts';
import type { Idempotency } from './idempotency.ts';
import { toJsonText } from './json-text.ts';
import { jsonOr, mediaTypeOf, readBody } from './read-body.ts';
import type { Answer, Origin, Route } from './route.ts';
import { enterSession, type SessionDoor } from './sessions/enter-session.ts';

export interface RouteServices {
  readonly accounts: Accounts;
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly idempotency: Idempotency;
  readonly sessions: SessionDoor;
}

interface RoutedRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly params: Readonly<Record<string, string>>;
  readonly origin: Origin;
  readonly view: View;
  /** For the log, as soon as it is known. */
  readonly onCaller: (caller: Caller) => void;
}

export async function answerRoute(route: Route, request: RoutedRequest, services: RouteServices): Promise<void> {
  const { req, res, params, origin, view } = request;
  const { accounts, idempotency, sessions } = services;
  const caller = await enter(route, request, services);

  const { path, search } = splitUrl(req.url ?? '/');
  const body = await readBody(req, bodyKindOf(route));
  const run = route.decode({ params, search, body, mediaType: mediaTypeOf(req) });
  const { accept } = req.headers;
  const inContext = (records: AccountRecords) => ({
    caller,
    records,
    origin,
    accept,
    sessionCookie: sessions.cookies[view],
    received: { headers: req.headers, body },
  });

  if (route.method === 'GET') {
    await send(res, await run(inContext(accounts)));
    return;
  }
  const key = req.headers['idempotency-key'];
  // Answers are kept for a caller: where there is none, a request that is sent again is a new one.
  if (route.method !== 'POST' || key === undefined || caller === null) {
    const made = await accounts.transaction((records) => run(inContext(records)));
    await send(res, await afterCommit(made));
    return;
  }
  const call = { caller, key: String(key), method: route.method, path, body };
  let settle = async (): Promise<Answer | undefined> => undefined;
  const { answer, isReplayed } = await idempotency.answer(call, async (records) => {
    const made = await run(inContext(records));
    settle = () => afterCommit(made);
    if (made.kind !== 'json') throw new Error('only JSON answers can be kept');
    return { status: made.status, text: toJsonText(made.body) };
  });
  const settled = await settle();
  if (isReplayed) res.setHeader('Idempotent-Replayed', 'true');
  if (settled !== undefined) await send(res, settled);
  else sendJson(res, answer);
}

/** Undefined: what is usual. */
function bodyKindOf({ bodyBytesMax, bodyReaders }: Route) {
  if (bodyBytesMax === undefined && bodyReaders === undefined) return undefined;
  return jsonOr(Object.keys(bodyReaders ?? {}), { bytesMax: bodyBytesMax });
}

async function afterCommit(made: Answer): Promise<Answer> {
  if (made.kind !== 'json') return made;
  await made.afterCommit?.();
  return made.shownAfterCommit === undefined ? made : { ...made, body: await made.shownAfterCommit() };
}

/** Null for a route that is open to everybody. One that checks a credential of its own (POST) is behind the lockouts too. */
async function enter(route: Route, request: RoutedRequest, services: RouteServices): Promise<Caller | null> {
  const { req, res, origin, view, onCaller } = request;
  const { authenticator, gate, sessions } = services;
  const source = (): string => sourceNetworkOf(origin.address);
  if (route.scope === null) {
    if (route.method !== 'POST') return null;
    gate.refuseLockedOut(source);
    res.once('finish', () => {
      if (res.statusCode === 401) gate.failed(source());
    });
    return null;
  }
  // A key that is shown counts, whatever the browser sends beside it; a frame has nothing but what a link has opened.
  const authorization = view === 'embedded' ? undefined : authorizationOf(req);
  const token = authorization === undefined ? sessions.cookies[view].tokenOf(req) : undefined;
  const { address } = origin;
  const caller =
    token === undefined
      ? await gate.enter({
          source,
          authenticate: () => authenticator.authenticate({ authorization, address }),
          setHeader: (name, value) => res.setHeader(name, value),
        })
      : await enterSession({ req, res, address, token, view }, { authenticator, gate, door: sessions });
  onCaller(caller);
  requireScope(caller, route.scope);
  return caller;
}

function requireScope(caller: Caller, scope: Scope | 'any'): void {
  if (scope === 'any' || holdsScope(caller.scopes, scope)) return;
  throw new TollgateError({
    code: 'insufficient_scope',
    detail: `This needs a key with the scope \`${scope}\`.`,
  });
}

function splitUrl(url: string): { readonly path: string; readonly search: URLSearchParams } {
  const mark = url.indexOf('?');
  if (mark === -1) return { path: url, search: new URLSearchParams() };
  return { path: url.slice(0, mark), search: new URLSearchParams(url.slice(mark + 1)) };
}

async function send(res: ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === 'json') {
    res.setHeaders(new Map(Object.entries(answer.headers ?? {})));
    sendJson(res, { status: answer.status, text: toJsonText(answer.body) });
    return;
  }
  if (answer.kind === 'nothing') {
    res.writeHead(204, answer.headers).end();
    return;
  }
  res.writeHead(answer.kind === 'bytes' ? answer.status : 200, {
    'Content-Type': answer.contentType,
    ...answer.headers,
  });
  // A failure on the way cuts the connection: nobody takes half of the rows for all of them.
  await pipeline(answer.chunks, res).catch((error: NodeJS.ErrnoException) => {
    // The caller went away.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

function sendJson(res: ServerResponse, { status, text }: { readonly status: number; readonly text: string }): void {
  const body = Buffer.from(text);
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.byteLength }).end(body);
}
