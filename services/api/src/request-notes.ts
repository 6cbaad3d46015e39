// What is noted of a request while it is answered, and written to the log and the metrics when it ends. Nothing of a
// credential but its id, and no query: labels and ids of others may stand in it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { sourceAddressOf, type TrustedProxies } from '@tollgate/auth';
import type { TollgateError } from '@tollgate/domain';
import { Counter, Histogram, type Logger, type Registry, requestIdOf } from '@tollgate/runtime';
import type { View } from './dashboard/view.ts';

interface Notes {
  readonly requestId: string;
  /** Where the request comes from. Kept from the beginning: a request that is cut off has no socket any more. */
  readonly address: string;
  /** The path of the route with its parameters' names; `none` where there is no route. */
  route: string;
  /** From where on our pages it comes. */
  view: View;
  keyId: string | undefined;
  failure: TollgateError | undefined;
}

export interface RequestNotes {
  begin(req: IncomingMessage, res: ServerResponse): void;
  of(req: IncomingMessage): Notes;
}

/** A method that nobody knows would be a label of the caller's choosing. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface RequestNotesOptions {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly trustedProxies: TrustedProxies;
}

export function createRequestNotes(options: RequestNotesOptions): RequestNotes {
  const { logger, metrics, trustedProxies } = options;
  const durations = new Histogram({
    name: 'tollgate_api_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [metrics],
  });
  const refused = new Counter({
    name: 'tollgate_api_refused_requests_total',
    help: 'Requests refused, by code.',
    labelNames: ['code'],
    registers: [metrics],
  });
  const notesOf = new WeakMap<IncomingMessage, Notes>();
  return {
    begin(req, res) {
      const address = sourceAddressOf(req, trustedProxies);
      const notes: Notes = {
        requestId: requestIdOf(req),
        address,
        route: 'none',
        view: 'own',
        keyId: undefined,
        failure: undefined,
      };
      notesOf.set(req, notes);
      res.setHeader('X-Request-Id', notes.requestId);
      const startedAt = performance.now();
      res.once('close', () => {
        const durationMs = performance.now() - startedAt;
        const method = METHODS.has(req.method ?? '') ? (req.method ?? '') : 'other';
        const { statusCode: status } = res;
        durations.observe({ method, route: notes.route, status }, durationMs / 1_000);
        if (notes.failure !== undefined) refused.inc({ code: notes.failure.code });
        logEnd(logger, { method, status, durationMs: Math.round(durationMs), notes });
      });
    },
    of(req) {
      const notes = notesOf.get(req);
      if (notes === undefined) throw new Error('a request is answered that was never begun');
      return notes;
    },
  };
}

interface End {
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly notes: Notes;
}

function logEnd(logger: Logger, { method, status, durationMs, notes }: End): void {
  const { requestId, route, keyId, failure } = notes;
  const fields = {
    requestId,
    method,
    route,
    status,
    durationMs,
    ...(keyId === undefined ? {} : { keyId }),
    ...(failure === undefined ? {} : { code: failure.code }),
  };
  if (failure !== undefined && failure.status >= 500) logger.error({ ...fields, err: failure }, 'request failed');
  else logger.info(fields, 'request');
}
