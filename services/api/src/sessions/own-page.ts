// Whether a request that carries a session comes from our own pages. The cookie is `SameSite=Strict`, but a site is wider
// than an origin, and a browser may be old: what changes something must also say so in ways that no other origin can.

import type { IncomingMessage } from 'node:http';
import { TollgateError } from '@tollgate/domain';
import type { View } from '../dashboard/view.ts';

/** A header that a form cannot send, and another origin only after asking, which is never allowed. */
const SENT_BY_PAGES = 'x-tollgate-dashboard';

/** Fails with `cross_site_request`. `publicOrigin`: of the api, where a proxy may have changed the host. */
export function checkOwnPage(
  { method, headers }: IncomingMessage,
  { publicOrigin, view }: { readonly publicOrigin: string; readonly view: View },
): void {
  const site = headers['sec-fetch-site'];
  // The cookie of a frame comes with every site's requests from the page around it: only what the frame itself asks counts,
  // and every browser that has such cookies says so.
  if (view === 'embedded' && site !== 'same-origin') throw fromElsewhere();
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw fromElsewhere();
  if (method === 'GET' || method === 'HEAD') return;
  const { origin } = headers;
  if (origin !== undefined && origin !== publicOrigin && hostOf(origin) !== headers.host) throw fromElsewhere();
  if (headers[SENT_BY_PAGES] === undefined) throw fromElsewhere();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function fromElsewhere(): TollgateError {
  return new TollgateError({
    code: 'cross_site_request',
    detail:
      'A session is for the pages of this dashboard: what changes something says so by `X-Tollgate-Dashboard: 1`, from the same origin. Programs use an API key.',
  });
}
