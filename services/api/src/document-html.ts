// The routes as a page for people: plain HTML, made from the same table as the OpenAPI document.

import type { TSchema } from 'typebox';
import { INGEST_OPERATIONS } from './ingest-operations.ts';
import type { OAuthEndpoint } from './oauth/oauth-endpoint.ts';
import type { DescribedRoute, Route } from './route.ts';

const DEPTH_MAX = 4;

export function frameHtml(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<main>${content}</main>
</body>
</html>
`;
}

export function documentHtml(own: readonly Route[], oauthEndpoints: readonly OAuthEndpoint[]): string {
  const routes = [...own, ...INGEST_OPERATIONS];
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const contents = tags
    .map((tag) => {
      const links = routes
        .filter((route) => route.tag === tag)
        .map((route) => `<li><a href="#${route.operationId}">${signatureOf(route)}</a></li>`);
      return `<li>${escapeHtml(tag)}<ul>${links.join('')}</ul></li>`;
    })
    .join('');
  const sections = tags
    .map((tag) => {
      const operations = routes.filter((route) => route.tag === tag).map(operationHtml);
      return `<section><h2>${escapeHtml(tag)}</h2>${operations.join('')}</section>`;
    })
    .join('');
  return frameHtml(
    'Tollgate API',
    `<h1>Tollgate API</h1>
<p>The same as a document for tools: <a href="/openapi.json">/openapi.json</a>. Authenticate with
<code>Authorization: Bearer tg_…</code>. Errors are <code>application/problem+json</code> with a stable <code>code</code>.
Every POST takes an <code>Idempotency-Key</code>, but for those of Ingest, which is a service at an address of its own.</p>
<nav aria-label="Routes"><ul>${contents}<li><a href="#oauth">OAuth</a></li></ul></nav>
${sections}
<section id="oauth"><h2>OAuth</h2>${oauthEndpoints.map(oauthHtml).join('')}</section>`,
  );
}

function oauthHtml({ path, operationId, summary, description, parameters }: OAuthEndpoint): string {
  const members = Object.entries(parameters).map(
    ([name, meaning]) => `<li><code>${escapeHtml(name)}</code> ${textHtml(meaning)}</li>`,
  );
  return `<article id="${operationId}">
<h3>POST ${escapeHtml(path)}</h3>
<p>${textHtml(`${summary}. ${description}`)}</p>
<h4>Form</h4><ul>${members.join('')}</ul>
</article>`;
}

function operationHtml(route: DescribedRoute): string {
  const parameters = Object.keys(route.querySchema.properties).length;
  return `<article id="${route.operationId}">
<h3>${signatureOf(route)}</h3>
<p>${textHtml(`${route.summary}. ${route.description ?? ''}`)}</p>
<p>${accessOf(route)}</p>
${parameters === 0 ? '' : `<h4>Query</h4>${membersHtml(route.querySchema, { use: 'query' })}`}
${route.bodySchema === undefined ? '' : `<h4>Body</h4>${membersHtml(route.bodySchema, { use: 'body' })}`}
<h4>${route.success.status}</h4>${membersHtml(route.success.schema, { use: 'answer' })}
</article>`;
}

function signatureOf({ method, path }: DescribedRoute): string {
  return `<code>${method} ${escapeHtml(path)}</code>`;
}

interface MembersPlace {
  readonly use: 'query' | 'body' | 'answer';
  readonly depth?: number;
}

/** The members of an object schema, or of what a list or an alternative holds. */
function membersHtml(schema: TSchema, { use, depth = 0 }: MembersPlace): string {
  const object = objectWithin(schema);
  if (object === undefined || depth === DEPTH_MAX) return '';
  const required = new Set<unknown>(listOf(object['required']));
  const members = Object.entries(object['properties'] ?? {}).map(([name, member]) => {
    if (!isSchema(member)) return '';
    const fields = fieldsOf(member);
    const description = typeof fields['description'] === 'string' ? ` ${textHtml(fields['description'])}` : '';
    const need = use !== 'answer' && required.has(name) ? ' <strong>required</strong>' : '';
    const shown = use === 'query' && name === 'metadata' ? 'metadata.NAME' : name;
    return `<li><code>${escapeHtml(shown)}</code> <em>${escapeHtml(typeOf(member))}</em>${need}${description}${membersHtml(member, { use, depth: depth + 1 })}</li>`;
  });
  return members.length === 0 ? '' : `<ul>${members.join('')}</ul>`;
}

type Fields = { readonly [name: string]: unknown };

function fieldsOf(schema: TSchema): Fields {
  return Object.fromEntries(Object.entries(schema));
}

function objectWithin(schema: TSchema): Fields | undefined {
  const fields = fieldsOf(schema);
  if (isSchema(fields['items'])) return objectWithin(fields['items']);
  const [first] = listOf(fields['anyOf']);
  if (isSchema(first)) return objectWithin(first);
  return fields['properties'] === undefined ? undefined : fields;
}

function typeOf(schema: TSchema): string {
  const fields = fieldsOf(schema);
  const values = listOf(fields['enum']);
  if (values.length > 0) return values.join(' | ');
  const alternatives = listOf(fields['anyOf']).filter(isSchema);
  if (alternatives.length > 0) return alternatives.map(typeOf).join(' or ');
  if (isSchema(fields['items'])) return `list of ${typeOf(fields['items'])}`;
  const format = typeof fields['format'] === 'string' ? ` (${fields['format']})` : '';
  return `${String(fields['type'] ?? fields['const'] ?? 'any')}${format}`;
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text with `code` marked as such. */
function textHtml(text: string): string {
  return escapeHtml(text.trim()).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function accessOf({ scope }: DescribedRoute): string {
  if (scope === null) return 'Open to everybody: no token is needed.';
  return scope === 'any' ? 'Any scope will do.' : `Scope: <code>${escapeHtml(scope)}</code>`;
}
