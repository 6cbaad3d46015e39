// The routes that are answered in front of the router, by method and path.

import type { RequestListener } from 'node:http';
import type { LimitCounters } from '@tollgate/limits';
import type { AuthorizeOptions } from './authorizations/authorize.ts';
import { AUTHORIZATION_PATH, deleteAuthorization } from './authorizations/delete-authorization.ts';
import { postAuthorizations } from './authorizations/post-authorizations.ts';
import { postEvents } from './post-events.ts';
import { postVoids } from './post-voids.ts';
import { type HotRoute, type ServeOptions, serveRequest } from './serve-request.ts';
import { type TakeOptions, takeRequests } from './take-request.ts';

export interface HotRoutes {
  readonly postPaths: readonly string[];
  readonly deletePaths: readonly string[];
  find(method: string | undefined, path: string): RequestListener | undefined;
}

export function createHotRoutes(
  options: ServeOptions & TakeOptions & AuthorizeOptions & { readonly counters: LimitCounters },
): HotRoutes {
  const listener =
    (route: HotRoute): RequestListener =>
    (req, res) =>
      void serveRequest({ options, route }, req, res);
  const events = listener(takeRequests(options, postEvents));
  const posts = new Map<string, RequestListener>([
    ['/v1/events', events],
    ['/api/v1/events', events],
    ['/v1/events/void', listener(takeRequests(options, postVoids))],
    ['/v1/authorizations', listener(postAuthorizations(options))],
  ]);
  const release = listener(deleteAuthorization(options));
  return {
    postPaths: [...posts.keys()],
    deletePaths: [`${AUTHORIZATION_PATH}:id`],
    find(method, path) {
      if (method === 'POST') return posts.get(path);
      return method === 'DELETE' && path.startsWith(AUTHORIZATION_PATH) ? release : undefined;
    },
  };
}
