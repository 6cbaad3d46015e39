// Hands out the dashboard: its one page under each of its addresses, and the files that the page names.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asset, DashboardFiles } from './dashboard-files.ts';
import { type View, viewOf } from './view.ts';

export interface Dashboard {
  /** Whether there is something at this path. */
  has(path: string): boolean;
  /** Answers a GET or HEAD for a path that it has. */
  serve(path: string, req: IncomingMessage, res: ServerResponse): void;
}

const ASSETS = '/assets/';
const NONCE_BYTES = 16;

/** Nothing from elsewhere and no inline script. The kit writes its colours into a style element, which carries the nonce. */
const policyOf = (nonce: string, frameAncestors: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ')}`,
  ].join('; ');

/** `frameAncestors`: who may have the customer's view in a frame; none: there is no such view. */
export function createDashboard(
  { page, sections, assets }: DashboardFiles,
  { frameAncestors }: { readonly frameAncestors: readonly string[] },
): Dashboard {
  const assetAt = (path: string): Asset | undefined =>
    path.startsWith(ASSETS) ? assets.get(path.slice(ASSETS.length)) : undefined;
  const ancestorsOf = (view: View): readonly string[] => (view === 'embedded' ? frameAncestors : []);
  return {
    has(path) {
      const { view, inner } = viewOf(path);
      if (view === 'embedded' && frameAncestors.length === 0) return false;
      return inner === '/' || sections.has(sectionOf(inner)) || assetAt(path) !== undefined;
    },
    serve(path, req, res) {
      const asset = assetAt(path);
      if (asset === undefined) sendPage(res, { page, frameAncestors: ancestorsOf(viewOf(path).view) });
      else sendAsset(asset, req, res);
    },
  };
}

/** Empty, and no section, where there is none: `//a`, or `*` of `OPTIONS`. */
function sectionOf(path: string): string {
  return /^\/([^/]+)/.exec(path)?.[1] ?? '';
}

function sendPage(
  res: ServerResponse,
  { page, frameAncestors }: { readonly page: string; readonly frameAncestors: readonly string[] },
): void {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const body = Buffer.from(page.replace('__STYLE_NONCE__', nonce));
  res.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': body.byteLength,
    // Asked for each time: it names the files of this build.
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': policyOf(nonce, frameAncestors),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    // It cannot name several sites; who knows the policy goes by that.
    ...(frameAncestors.length === 0 ? { 'X-Frame-Options': 'DENY' } : {}),
  });
  res.end(body);
}

function sendAsset({ contentType, plain, brotli, gzip }: Asset, req: IncomingMessage, res: ServerResponse): void {
  const accepted = String(req.headers['accept-encoding'] ?? '');
  const [encoding, body] =
    /\bbr\b/.test(accepted) && brotli
      ? ['br', brotli]
      : /\bgzip\b/.test(accepted) && gzip
        ? ['gzip', gzip]
        : [undefined, plain];
  res.writeHead(200, {
    'Content-Type': contentType,
    'Content-Length': body.byteLength,
    ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
    Vary: 'Accept-Encoding',
    // Its name changes with its content.
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
  res.end(body);
}
