// The express application: the routes of the table, the pages, and a problem for everything else.

import { TollgateError } from '@tollgate/domain';
import {
  createOperationsHandler,
  Histogram,
  type Logger,
  type OperationsOptions,
  requestIdOf,
  sendProblem,
  toTollgateError,
} from '@tollgate/runtime';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { answerRoute, type RouteServices } from './answer-route.ts';
import { isStorable } from './decode-body.ts';
import type { Page } from './page.ts';
import { hasBody } from './read-body.ts';
import type { Route } from './route.ts';
import { notFound } from './tenancy.ts';

export interface AppOptions extends RouteServices {
  readonly routes: readonly Route[];
  readonly pages: readonly Page[];
  readonly operations: OperationsOptions;
  readonly logger: Logger;
}

/** What is noted of a request while it is answered, for the log and the metrics. */
interface RequestNotes {
  readonly requestId: string;
  readonly startedAt: number;
  route: string;
  keyId: string | undefined;
  failure: TollgateError | undefined;
}

export function createApp(options: AppOptions): Express {
  const { routes, pages, logger } = options;
  const operations = createOperationsHandler(options.operations);
  const durations = new Histogram({
    name: 'tollgate_api_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [options.operations.metrics],
  });
  const notesOf = new WeakMap<object, RequestNotes>();
  const note = (req: Request): RequestNotes => {
    const found = notesOf.get(req);
    if (found === undefined) throw new Error('a request was answered before it was begun');
    return found;
  };

  const app = express();
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');

  app.use((req, res, next) => {
    if (operations(req, res)) return;
    const notes: RequestNotes = {
      requestId: requestIdOf(req),
      startedAt: performance.now(),
      route: 'none',
      keyId: undefined,
      failure: undefined,
    };
    notesOf.set(req, notes);
    res.setHeader('X-Request-Id', notes.requestId);
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.once('close', () => {
      const durationS = (performance.now() - notes.startedAt) / 1_000;
      durations.observe({ method: methodLabel(req.method), route: notes.route, status: res.statusCode }, durationS);
      logRequest(logger, { req, res, notes, durationS });
    });
    next();
  });

  for (const page of pages) {
    app.get(page.path, (req, res) => {
      note(req).route = page.path;
      for (const [name, value] of Object.entries(page.headers)) res.setHeader(name, value);
      res.statusCode = page.status;
      res.end(page.body);
    });
  }

  for (const route of routes) {
    const register = route.method === 'GET' ? app.get.bind(app) : app.post.bind(app);
    register(route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (req: Request, res: Response) => {
      const notes = note(req);
      notes.route = route.path;
      const onCaller = ({ keyId }: { readonly keyId: string }): void => {
        notes.keyId = keyId;
      };
      await answerRoute(route, { req, res, params: plainParams(req), onCaller }, options);
    });
  }

  app.use((req: Request, res: Response) => {
    const methods = methodsOf(req.path, { routes, pages });
    if (methods.length === 0) throw new TollgateError({ code: 'not_found', detail: 'There is nothing at this path.' });
    res.setHeader('Allow', methods.join(', '));
    throw new TollgateError({
      code: 'method_not_allowed',
      detail: `This path takes ${methods.join(', ')}.`,
    });
  });

  // Express tells an error handler by its four parameters.
  app.use((thrown: unknown, req: Request, res: Response, _next: NextFunction) => {
    const error = isClientError(thrown) ? badRequest(thrown) : toTollgateError(thrown);
    const notes = note(req);
    notes.failure = error;
    if (res.headersSent) {
      res.destroy();
      return;
    }
    // What is left of a body that was not read is not waited for.
    if (hasBody(req) && !req.complete) res.setHeader('Connection', 'close');
    sendProblem(res, error, notes.requestId);
  });
  return app;
}

function plainParams(req: Request): Record<string, string> {
  const params = Object.entries(req.params).map(([name, value]) => [name, String(value)] as const);
  // No id has such a character, and no database would take it.
  if (params.some(([, value]) => !isStorable(value))) throw notFound();
  return Object.fromEntries(params);
}

/** The methods that some route has at this path. */
function methodsOf(
  path: string,
  table: { readonly routes: readonly Route[]; readonly pages: readonly Page[] },
): readonly string[] {
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const found = new Set([
    ...table.routes.filter((route) => matches(route.path)).map(({ method }) => method),
    ...table.pages.filter((page) => matches(page.path)).map(() => 'GET'),
  ]);
  return [...found].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

/** Express refuses a path that does not decode, with an error that carries a status of 4xx. */
function isClientError(thrown: unknown): boolean {
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  return !(thrown instanceof TollgateError) && typeof status === 'number' && status >= 400 && status < 500;
}

function badRequest(cause: unknown): TollgateError {
  return new TollgateError({
    code: 'invalid_request',
    detail: 'The path cannot be decoded. Check its escapes.',
    cause,
  });
}

/** A method that nobody knows would be a label of the caller's choosing. */
function methodLabel(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other';
}

function logRequest(
  logger: Logger,
  entry: {
    readonly req: Request;
    readonly res: Response;
    readonly notes: RequestNotes;
    readonly durationS: number;
  },
): void {
  const { req, res, notes, durationS } = entry;
  const { requestId, route, keyId, failure } = notes;
  const fields = {
    requestId,
    method: req.method,
    route,
    status: res.statusCode,
    durationMs: Math.round(durationS * 1_000),
    ...(keyId === undefined ? {} : { keyId }),
    ...(failure === undefined ? {} : { code: failure.code }),
  };
  if (failure !== undefined && failure.status >= 500) logger.error({ ...fields, err: failure }, 'request failed');
  else logger.info(fields, 'request');
}
