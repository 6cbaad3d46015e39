// `/openapi.json`, the same as a page at `/docs`, and, where there is no dashboard, `/`, which says what is here. Made once, without a script.

import { readFileSync } from 'node:fs';
import { documentHtml, frameHtml } from './document-html.ts';
import { toJsonText } from './json-text.ts';
import type { OAuthEndpoint } from './oauth/oauth-endpoint.ts';
import { openApiDocument } from './openapi.ts';
import { filePage, htmlPage, type Page } from './page.ts';
import type { Route } from './route.ts';

const STYLE = readFileSync(new URL('../src/document.css', import.meta.url), 'utf8');

export function documentPages(routes: readonly Route[], oauthEndpoints: readonly OAuthEndpoint[]): readonly Page[] {
  return [
    htmlPage('/docs', documentHtml(routes, oauthEndpoints)),
    filePage('/docs.css', 'text/css; charset=utf-8', STYLE),
    filePage('/openapi.json', 'application/json', toJsonText(openApiDocument(routes, oauthEndpoints))),
  ];
}

/** What is at `/` where the dashboard was not built. */
export function indexPage(): Page {
  return htmlPage('/', frameHtml('Tollgate', INDEX));
}

const INDEX = `
<h1>Tollgate</h1>
<p>This is the API of a Tollgate deployment: customers, API keys, usage, events and books.</p>
<ul>
<li><a href="/docs">The routes</a>, to read</li>
<li><a href="/openapi.json">The OpenAPI document</a>, for tools</li>
<li><a href="/healthz">Alive?</a> <a href="/readyz">Ready?</a> <a href="/metrics">Metrics</a></li>
</ul>`;
