// The express application: the routes of the table, the pages, and a problem for everything else.

import type { TrustedProxies } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import {
  createOperationsHandler,
  type Logger,
  type OperationsOptions,
  type RefusalRecorder,
  sendProblem,
  toTollgateError,
} from '@tollgate/runtime';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { answerRoute, type RouteServices } from './answer-route.ts';
import type { Dashboard } from './dashboard/serve-dashboard.ts';
import { viewOf } from './dashboard/view.ts';
import { isStorable } from './decode-body.ts';
import { answerOAuth, type OAuthEndpoint, sendOAuthError } from './oauth/oauth-endpoint.ts';
import type { Page } from './page.ts';
import { hasBody } from './read-body.ts';
import { createRequestNotes, type RequestNotes } from './request-notes.ts';
import type { Origin, Route } from './route.ts';
import { notFound } from './tenancy.ts';

export interface AppOptions extends RouteServices {
  readonly routes: readonly Route[];
  readonly pages: readonly Page[];
  readonly oauthEndpoints: readonly OAuthEndpoint[];
  /** Null where it was not built. */
  readonly dashboard: Dashboard | null;
  /** Who may show the customer's view in a frame. */
  readonly frameAncestors: readonly string[];
  readonly operations: OperationsOptions;
  readonly trustedProxies: TrustedProxies;
  readonly refusals: RefusalRecorder;
  readonly logger: Logger;
}

const REGISTER = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

export function createApp(options: AppOptions): Express {
  const { routes, pages, oauthEndpoints, dashboard, logger } = options;
  const { trustedProxies } = options;
  const notes = createRequestNotes({ logger, metrics: options.operations.metrics, trustedProxies });

  const app = express();
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');
  app.use(beginRequest(notes, options.operations));
  if (options.frameAncestors.length > 0) app.use(enterView(notes));
  for (const page of pages) app.get(page.path, servePage(page, notes));
  for (const endpoint of oauthEndpoints) app.post(endpoint.path, serveOAuth(endpoint, { notes, services: options }));
  for (const route of routes) {
    app[REGISTER[route.method]](
      route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      serveRoute(route, { notes, services: options }),
    );
  }
  if (dashboard !== null) app.use(serveDashboard(dashboard, notes));
  app.use(refuseRest({ routes, pages, oauthEndpoints, dashboard }));
  app.use(answerError(notes, options));
  return app;
}

function beginRequest(notes: RequestNotes, operationsOptions: OperationsOptions): RequestHandler {
  const operations = createOperationsHandler(operationsOptions);
  return (req, res, next) => {
    if (operations(req, res)) return;
    notes.begin(req, res);
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  };
}

/** What a frame asks of the api is what anybody asks, under an address that says so. */
function enterView(notes: RequestNotes): RequestHandler {
  return (req, _res, next) => {
    const { view, inner } = viewOf(req.url);
    if (view === 'embedded' && inner.startsWith('/v1/')) {
      notes.of(req).view = view;
      req.url = inner;
    }
    next();
  };
}

function servePage(page: Page, notes: RequestNotes): RequestHandler {
  return async (req, res) => {
    notes.of(req).route = page.path;
    const body = typeof page.body === 'string' ? page.body : await page.body();
    for (const [name, value] of Object.entries(page.headers)) res.setHeader(name, value);
    res.end(body);
  };
}

function serveDashboard(dashboard: Dashboard, notes: RequestNotes): RequestHandler {
  return (req, res, next) => {
    if ((req.method !== 'GET' && req.method !== 'HEAD') || !dashboard.has(req.path)) return next();
    notes.of(req).route = 'dashboard';
    dashboard.serve(req.path, req, res);
  };
}

function serveRoute(
  route: Route,
  { notes, services }: { readonly notes: RequestNotes; readonly services: AppOptions },
): RequestHandler {
  return async (req, res) => {
    const noted = notes.of(req);
    noted.route = route.path;
    const onCaller = ({ keyId }: { readonly keyId: string }): void => {
      noted.keyId = keyId;
    };
    const { requestId, address, view } = noted;
    const origin: Origin = { address, requestId };
    await answerRoute(route, { req, res, params: plainParams(req), origin, view, onCaller }, services);
  };
}

function serveOAuth(
  endpoint: OAuthEndpoint,
  { notes, services }: { readonly notes: RequestNotes; readonly services: AppOptions },
): RequestHandler {
  return async (req, res) => {
    const noted = notes.of(req);
    noted.route = endpoint.path;
    const { requestId, address } = noted;
    const origin: Origin = { address, requestId };
    const onCaller = ({ keyId }: { readonly keyId: string }): void => {
      noted.keyId = keyId;
    };
    await answerOAuth(endpoint, { req, res, origin, onCaller }, services);
  };
}

function plainParams(req: Request): Record<string, string> {
  const params = Object.entries(req.params).map(([name, value]) => [name, String(value)] as const);
  // No id has such a character, and no database would take it.
  if (params.some(([, value]) => !isStorable(value))) throw notFound();
  return Object.fromEntries(params);
}

interface Table {
  readonly routes: readonly Route[];
  readonly pages: readonly Page[];
  readonly oauthEndpoints: readonly OAuthEndpoint[];
  readonly dashboard: Dashboard | null;
}

/** For what no route took: the path has other methods, or there is no such path. */
function refuseRest(table: Table): RequestHandler {
  return (req, res) => {
    const methods = methodsOf(req.path, table);
    if (methods.length === 0) throw new TollgateError({ code: 'not_found', detail: 'There is nothing at this path.' });
    const allow = methods.join(', ');
    res.setHeader('Allow', allow);
    throw new TollgateError({ code: 'method_not_allowed', detail: `This path takes ${allow}.` });
  };
}

function methodsOf(path: string, { routes, pages, oauthEndpoints, dashboard }: Table): readonly string[] {
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const found = new Set([
    ...routes.filter((route) => matches(route.path)).map(({ method }) => method),
    ...pages.filter((page) => matches(page.path)).map(() => 'GET'),
    ...(dashboard?.has(path) === true ? ['GET'] : []),
    ...oauthEndpoints.filter((endpoint) => endpoint.path === path).map(() => 'POST'),
  ]);
  return [...found].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

function answerError(
  notes: RequestNotes,
  { refusals, oauthEndpoints }: Pick<AppOptions, 'refusals' | 'oauthEndpoints'>,
): ErrorRequestHandler {
  const oauthPaths = new Set(oauthEndpoints.map(({ path }) => path));
  // Express tells an error handler by its four parameters.
  return (thrown, req, res, _next) => {
    const error = isClientError(thrown) ? badPath(thrown) : toTollgateError(thrown);
    const noted = notes.of(req);
    noted.failure = error;
    if (error.status < 500) {
      const keyId = noted.keyId ?? error.keyId ?? null;
      refusals.note({ code: error.code, address: noted.address, keyId });
    }
    if (res.headersSent) {
      res.destroy();
      return;
    }
    // What is left of a body that was not read is not waited for.
    if (hasBody(req) && !req.complete) res.setHeader('Connection', 'close');
    const { requestId } = noted;
    if (oauthPaths.has(req.path)) sendOAuthError(req, res, { error, requestId });
    else sendProblem(res, error, requestId);
  };
}

/** Express refuses a path that does not decode, with an error that carries a status of 4xx. */
function isClientError(thrown: unknown): boolean {
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  return !(thrown instanceof TollgateError) && typeof status === 'number' && status >= 400 && status < 500;
}

function badPath(cause: unknown): TollgateError {
  return new TollgateError({
    code: 'invalid_request',
    detail: 'The path cannot be decoded. Check its escapes.',
    cause,
  });
}
