// Everything that is not a hot route: what does not exist (404) and methods that a route does not have (405).

import type { IncomingMessage } from 'node:http';
import { TollgateError } from '@tollgate/domain';
import { requestIdOf, sendProblem, toTollgateError } from '@tollgate/runtime';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';

export function createOtherRoutes(options: {
  /** The paths that take POST and nothing else, and those that take DELETE. */
  readonly postPaths: readonly string[];
  readonly deletePaths: readonly string[];
  readonly onAnswered: (status: number) => void;
  readonly onRefused: (error: TollgateError, req: IncomingMessage) => void;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use((_req: Request, res: Response, next: NextFunction) => {
    res.once('finish', () => options.onAnswered(res.statusCode));
    next();
  });
  app.all([...options.postPaths], (_req: Request, res: Response) => {
    res.setHeader('Allow', 'POST');
    throw new TollgateError({ code: 'method_not_allowed', detail: 'This address takes POST alone.' });
  });
  app.all([...options.deletePaths], (_req: Request, res: Response) => {
    res.setHeader('Allow', 'DELETE');
    throw new TollgateError({ code: 'method_not_allowed', detail: 'This address takes DELETE alone.' });
  });
  app.use(() => {
    throw new TollgateError({ code: 'not_found', detail: 'There is nothing at this address.' });
  });
  app.use((thrown: unknown, req: Request, res: Response, _next: NextFunction) => {
    const error = toTollgateError(withoutBadPath(thrown));
    if (error.status < 500) options.onRefused(error, req);
    sendProblem(res, error, requestIdOf(req));
  });
  return app;
}

/** express throws for a path that cannot be percent-decoded: that is the sender's error. */
function withoutBadPath(thrown: unknown): unknown {
  if (!(thrown instanceof URIError)) return thrown;
  return new TollgateError({ code: 'invalid_request', detail: 'The address is not percent-encoded UTF-8.' });
}
