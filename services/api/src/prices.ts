// Prices and mark-ups: making versions and listing them. A version is never changed: a correction is a further one.

import { setTimeout as pause } from 'node:timers/promises';
import type { AccountRecords, NewPrice as NewPriceVersion } from '@tollgate/accounts';
import { type FieldError, type Markup, type Price, parseTimestamp, TollgateError } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type, { type Static } from 'typebox';
import { auditOf } from './audit.ts';
import { CustomerId } from './customers.ts';
import {
  MarkupSchema,
  ModelPattern,
  markupJson,
  NewMarkup,
  type NewMarkupBody,
  NewPrice,
  type NewPriceBody,
  PriceClassName,
  PriceSchema,
  Provider,
  priceJson,
} from './price-json.ts';
import { type PriceContext, readMarkup, readPrice } from './read-price.ts';
import { type Answer, type Call, defineRoute, json, type Route } from './route.ts';
import { pageOf, pageQuery, pageRequest, toPage } from './schemas.ts';
import { confinedTo, mustBeSeen } from './tenancy.ts';

const PRICES_MAX = 1_000;
const BODY_BYTES_MAX = 2_000_000;
/** Longer than a version takes to be known; a clock that is further behind is not waited for. */
const KNOWN_WAIT_MAX_MS = 3_000;

const ListQuery = Type.Object(
  {
    ...pageQuery,
    provider: Type.Optional(Provider),
    model: Type.Optional({ ...ModelPattern, description: 'Prices with this very name or pattern.' }),
    class: Type.Optional(PriceClassName),
    customer: Type.Optional(
      Type.Union([CustomerId, Type.Literal('list')], {
        description: "A customer's own prices, or `list` for those of the list. Absent: both.",
      }),
    ),
    at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Versions from whose beginning to whose end this instant lies.',
      }),
    ),
  },
  { additionalProperties: false },
);

export function priceRoutes(options: { readonly clock: Clock; readonly newId: IdGenerator }): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/prices',
      operationId: 'createPrices',
      tag: 'Prices',
      summary: 'Create a price, or up to 1,000 at once',
      description:
        'A version that applies from `effective_from`, by the time of the event, to what is received from `known_from` on: about a second after it was made, which is waited for. Several are made in one transaction and answered as `data`.',
      scope: 'billing:write',
      body: Type.Union([NewPrice, Type.Array(NewPrice, { minItems: 1, maxItems: PRICES_MAX })]),
      bodyBytesMax: BODY_BYTES_MAX,
      success: { status: 201, schema: Type.Union([PriceSchema, Type.Object({ data: Type.Array(PriceSchema) })]) },
      errors: ['customer_mismatch', 'conflict'],
      handle: (call) => createPrices(call, options),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/prices',
      operationId: 'listPrices',
      tag: 'Prices',
      summary: 'List prices',
      description:
        "The oldest first. A customer's key sees its own customer's prices only; what the list comes to for it is at `/v1/prices/effective`.",
      scope: 'billing:read',
      query: ListQuery,
      success: { status: 200, schema: pageOf(PriceSchema) },
      errors: ['customer_mismatch'],
      handle: listPrices,
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/markups',
      operationId: 'createMarkup',
      tag: 'Prices',
      summary: 'Create a mark-up',
      description:
        "Makes customers' prices from list prices: amount × (1 + percent / 100) × rate, rounded half-up to a millionth of the currency's unit, for a million tokens or for one. One mark-up applies: the customer's own before everyone's, then the closest model. A customer's own price is not marked up.",
      scope: 'billing:write',
      body: NewMarkup,
      success: { status: 201, schema: MarkupSchema },
      errors: ['customer_mismatch', 'conflict'],
      handle: (call) => createMarkup(call, options),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/markups',
      operationId: 'listMarkups',
      tag: 'Prices',
      summary: 'List mark-ups',
      description: 'The oldest first. For the operator alone.',
      scope: 'billing:read',
      query: Type.Object(
        {
          ...pageQuery,
          customer: Type.Optional({ ...CustomerId, description: "This customer's and everyone's." }),
        },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: pageOf(MarkupSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        mustBeOperator(confinedTo(caller));
        const { limit, request } = pageRequest(query);
        const { customer } = query;
        const found = await records.markups({
          ...request,
          ...(customer === undefined ? {} : { customerId: customer }),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(markupJson), next_cursor: nextCursor });
      },
    }),
  ];
}

/** Apart, because its path takes what is not taken by the other paths under `/v1/prices/`: it is registered last. */
export function priceByIdRoute(): Route {
  return defineRoute({
    method: 'GET',
    path: '/v1/prices/{id}',
    operationId: 'getPrice',
    tag: 'Prices',
    summary: 'Get a price',
    scope: 'billing:read',
    success: { status: 200, schema: PriceSchema },
    async handle({ caller, params, records }) {
      const found = await records.price(params['id'] ?? '');
      return json(200, priceJson(mustBeSeen(caller, found, ({ customerId }) => customerId)));
    },
  });
}

async function createPrices(
  call: Call<unknown, NewPriceBody | NewPriceBody[]>,
  options: { readonly clock: Clock; readonly newId: IdGenerator },
): Promise<Answer> {
  const { body, records } = call;
  mustBeOperator(confinedTo(call.caller));
  const bodies = Array.isArray(body) ? body : [body];
  const context = await priceContext(call, { ...options, bodies });
  const wanted: NewPriceVersion[] = [];
  const errors: FieldError[] = [];
  for (const [index, each] of bodies.entries()) {
    const read = readPrice(each, context);
    const at = Array.isArray(body) ? `/${index}` : '';
    if (read.kind === 'read') wanted.push(read.version);
    else errors.push(...read.errors.map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail })));
  }
  if (errors.length > 0) throw invalidPrice(errors);
  const made = await records.createPrices(wanted);
  for (const price of made) await records.appendAudit(auditOfVersion(call, 'price', price, priceJson(price)));
  const [first] = made;
  const shown = Array.isArray(body) || first === undefined ? { data: made.map(priceJson) } : priceJson(first);
  return { kind: 'json', status: 201, body: shown, afterCommit: () => untilKnown(made, options.clock) };
}

async function createMarkup(
  call: Call<unknown, NewMarkupBody>,
  options: { readonly clock: Clock; readonly newId: IdGenerator },
): Promise<Answer> {
  const { body, records } = call;
  mustBeOperator(confinedTo(call.caller));
  const read = readMarkup(body, await priceContext(call, { ...options, bodies: [body] }));
  if (read.kind === 'flawed') throw invalidPrice(read.errors);
  const made = await records.createMarkup(read.version);
  const shown = markupJson(made);
  await records.appendAudit(auditOfVersion(call, 'markup', made, shown));
  return { kind: 'json', status: 201, body: shown, afterCommit: () => untilKnown([made], options.clock) };
}

async function listPrices({ caller, query, records }: Call<Static<typeof ListQuery>, unknown>): Promise<Answer> {
  const own = confinedTo(caller);
  if (own !== null && query.customer !== undefined && query.customer !== own) mustBeOperator(own);
  const { limit, request } = pageRequest(query);
  const { provider, model, at } = query;
  const customerId = own ?? (query.customer === 'list' ? null : query.customer);
  const found = await records.prices({
    ...request,
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(query.class === undefined ? {} : { class: query.class }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(at === undefined ? {} : { atMs: parseTimestamp(at) ?? Number.NaN }),
  });
  const { rows, nextCursor } = toPage(found, limit);
  return json(200, { data: rows.map(priceJson), next_cursor: nextCursor });
}

export async function priceContext(
  { caller, records }: { readonly caller: { readonly keyId: string }; readonly records: AccountRecords },
  options: {
    readonly clock: Clock;
    readonly newId: IdGenerator;
    readonly bodies: readonly { readonly customer?: string | null }[];
  },
): Promise<PriceContext> {
  const { clock, newId, bodies } = options;
  const named = new Set(bodies.flatMap(({ customer }) => (typeof customer === 'string' ? [customer] : [])));
  return {
    currencies: await records.currenciesOf([...named]),
    currency: (await records.organization())?.currency ?? '',
    newId,
    nowMs: clock.now(),
    createdBy: caller.keyId,
  };
}

/** Whoever has the answer can rely on the version: what they send from then on knows it. */
export async function untilKnown(versions: readonly Pick<Price, 'knownFromMs'>[], clock: Clock): Promise<void> {
  const knownMs = Math.max(0, ...versions.map(({ knownFromMs }) => knownFromMs));
  await pause(Math.min(Math.max(0, knownMs - clock.now()), KNOWN_WAIT_MAX_MS));
}

function auditOfVersion(
  call: Parameters<typeof auditOf>[0],
  type: 'price' | 'markup',
  { id, customerId }: Price | Markup,
  after: ReturnType<typeof priceJson> | ReturnType<typeof markupJson>,
) {
  return auditOf(call, { action: `${type}.created`, customerId, subject: { type, id }, before: null, after });
}

/** A customer's key neither makes prices nor sees what they are made from. */
export function mustBeOperator(confined: string | null): void {
  if (confined === null) return;
  throw new TollgateError({
    code: 'customer_mismatch',
    detail: "This is for the operator: a customer's key sees its own prices, at /v1/prices/effective.",
  });
}

export function invalidPrice(errors: readonly FieldError[]): TollgateError {
  return new TollgateError({
    code: 'validation_failed',
    detail: 'No price was made. See `errors`.',
    errors: errors.slice(0, 50),
  });
}
