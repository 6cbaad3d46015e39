// Requests for every route of the OpenAPI document that the api serves, those of ingest included: parameters and bodies as
// their schemas ask, then changed here and there.

import fc from 'fast-check';
import { type FuzzRequest, headerText, senderHeaders, urlText } from './fuzz-request.ts';
import { changed, changes, damage, hostileText } from './hostile-values.ts';
import { isSchema, markOf, type Schema, valuesOf } from './schema-values.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly servers?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export interface FuzzedDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Which kind of id a path takes, by the word before it. */
const PREFIXES: Readonly<Record<string, string>> = {
  customers: 'cus',
  projects: 'prj',
  keys: 'key',
  limits: 'lim',
  'limit-defaults': 'lmd',
  prices: 'prc',
  rerates: 'rrt',
  plans: 'pln',
  subscriptions: 'sub',
  coupons: 'cpn',
  'tax-rates': 'txr',
  'credit-grants': 'crg',
  invoices: 'inv',
  'credit-notes': 'crn',
  exports: 'exp',
  'webhook-endpoints': 'whe',
  'webhook-deliveries': 'whd',
  authorizations: 'res',
};

/** A list of prices with its head, whose cells are changed. */
export function apiRequests(document: FuzzedDocument, priceList: string): fc.Arbitrary<FuzzRequest> {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestsOf({ method, path, operation, priceList })),
  );
  return fc.oneof(...all);
}

interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly priceList: string;
}

function requestsOf({ method, path, operation, priceList }: Described): fc.Arbitrary<FuzzRequest> {
  const query = fc.tuple(...(operation.parameters ?? []).filter((one) => one.in === 'query').map(parameterOf));
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([mediaType, { schema }]) =>
    bodiesOf({ mediaType, schema, priceList }),
  );
  const body = bodies.length === 0 ? fc.constant(undefined) : fc.oneof(...bodies);
  return fc
    .record({
      path: pathsOf(path),
      query,
      body,
      headers: senderHeaders,
      accept: fc.option(fc.constantFrom('text/csv', 'text/html', 'application/xml', '*/*'), {
        nil: undefined,
        freq: 1,
      }),
    })
    .map((drawn) => ({
      to: operation.servers === undefined ? 'api' : 'ingest',
      method: method.toUpperCase(),
      path: [drawn.path, drawn.query.flat().join('&')].filter((part) => part !== '').join('?'),
      headers: {
        ...drawn.headers,
        ...(drawn.accept === undefined ? {} : { Accept: drawn.accept }),
        ...(drawn.body === undefined ? {} : { 'Content-Type': drawn.body.mediaType }),
      },
      body: drawn.body?.text,
    }));
}

function pathsOf(path: string): fc.Arbitrary<string> {
  const words = path.split('/');
  const parts = words.map((word, at) => {
    if (!word.startsWith('{')) return fc.constant(word);
    const prefix = PREFIXES[words[at - 1] ?? ''];
    return fc.oneof(
      {
        weight: 6,
        arbitrary:
          prefix === undefined
            ? fc.constantFrom('same', 'other', '1', '0', 'calls')
            : fc.nat(20).map((number) => markOf(prefix, number)),
      },
      { weight: 1, arbitrary: hostileText.map(encoded) },
      { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%ff', '%00', '..', '%2e%2e%2f') },
    );
  });
  return fc.tuple(...parts).map((made) => made.join('/'));
}

/** None, one, or rarely two of the same name. */
function parameterOf({ name, schema, required = false }: Parameter): fc.Arbitrary<readonly string[]> {
  const one = fc
    .oneof({ weight: 5, arbitrary: valuesOf(schema) }, { weight: 1, arbitrary: hostileText })
    .map((value) => `${name}=${encoded(Array.isArray(value) ? value.join(',') : String(value))}`);
  return fc.oneof(
    { weight: required ? 1 : 8, arbitrary: fc.constant([]) },
    { weight: required ? 12 : 4, arbitrary: fc.tuple(one) },
    { weight: 1, arbitrary: fc.tuple(one, one) },
  );
}

interface Body {
  readonly mediaType: string;
  readonly text: string;
}

function bodiesOf({
  mediaType,
  schema,
  priceList,
}: {
  readonly mediaType: string;
  readonly schema: Schema;
  readonly priceList: string;
}): fc.Arbitrary<Body> {
  if (mediaType === 'text/csv')
    return fc.tuple(csvOf(priceList), damage).map(([csv, damaged]) => ({ mediaType, text: damaged(csv) }));
  const values = fc.tuple(valuesOf(schema), changes).map(([value, all]) => changed(value, all));
  if (mediaType === 'application/x-www-form-urlencoded')
    return fc.tuple(values, fc.nat(9)).map(([value, client]) => ({ mediaType, text: formOf(value, client) }));
  return fc
    .tuple(
      values,
      damage,
      fc.oneof(
        { weight: 30, arbitrary: fc.constant(mediaType) },
        { weight: 1, arbitrary: hostileText.map(headerText) },
      ),
    )
    .map(([value, damaged, type]) => ({ mediaType: type, text: damaged(JSON.stringify(value) ?? '') }));
}

function csvOf(priceList: string): fc.Arbitrary<string> {
  const [head = '', ...rows] = priceList.trimEnd().split('\n').slice(0, 20);
  const cell = hostileText.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  const row = fc
    .tuple(fc.constantFrom(...rows), fc.nat(11), fc.option(cell, { nil: undefined, freq: 1 }))
    .map(([of, at, to]) => {
      const cells = of.split(',');
      return cells.map((was, index) => (index === at && to !== undefined ? to : was)).join(',');
    });
  return fc.array(row, { maxLength: 5 }).map((made) => [head, ...made].join('\n'));
}

function formOf(value: unknown, client: number): string {
  const members = isSchema(value) ? Object.entries(value) : [];
  const text = members.map(([name, member]) => `${encoded(name)}=${encoded(String(member))}`);
  // Every other one by a client that exists.
  return client % 2 === 0
    ? [...text, `client_id=${markOf('key', client)}`, `client_secret=${markOf('sec', client + 1)}`].join('&')
    : text.join('&');
}

/** For a path or a query, with the marks as they are. */
function encoded(text: string): string {
  return urlText(text).replaceAll(/%40%40([a-z]+)%23(\d+)%40%40/g, '@@$1#$2@@');
}
