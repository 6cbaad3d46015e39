// `GET /v1/audit-log`: who did what, when, from where, and what it was before and after.

import type { AuditLogEntry } from '@tollgate/accounts';
import type { Caller } from '@tollgate/auth';
import { formatTimestamp, parseTimestamp, TollgateError } from '@tollgate/domain';
import Type, { type Static } from 'typebox';
import { CustomerId } from './customers.ts';
import { type Call, defineRoute, json, type Route } from './route.ts';
import { Count, NextCursor, orNull, pageQuery, pageRequest, Timestamp } from './schemas.ts';
import { confinedTo, customerInQuestion } from './tenancy.ts';

/**
 * What a customer sees of what happened to its things. Everything else (prices and what they are made from)
 * may say more in `before` and `after` than a customer is shown.
 */
const CUSTOMER_SUBJECTS = [
  'customer',
  'project',
  'key',
  'limit',
  'limit_default',
  'subscription',
  'buyer_terms',
  'customer_coupon',
  'credit_grant',
  'event',
  'dead_letter',
  'webhook_endpoint',
  'session',
  'portal_link',
];

const Snapshot = orNull(Type.Record(Type.String(), Type.Unknown()));

const EntrySchema = Type.Object({
  sequence: Count,
  time: Timestamp,
  action: Type.String({ examples: ['key.created'] }),
  actor: Type.Object({
    key: orNull(Type.String({ description: 'Null: the system itself, or somebody without a key.' })),
  }),
  customer: orNull(Type.String()),
  subject: Type.Object({ type: Type.String(), id: Type.String() }),
  origin: orNull(Type.Object({ address: Type.String(), request_id: Type.String() })),
  before: Snapshot,
  after: Snapshot,
  reason: orNull(Type.String()),
  hash: Type.String({ description: 'Over the entry and the hash of the one before it.' }),
});

const AuditLogSchema = Type.Object({
  data: Type.Array(EntrySchema),
  head: Type.Object(
    { sequence: Count, hash: Type.String() },
    {
      description: 'The last entry of all. Noted elsewhere, it shows later whether the log was cut short or rewritten.',
    },
  ),
  next_cursor: NextCursor,
});

const Parameters = Type.Object(
  {
    action: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 20,
        description: 'Only these actions, such as `key.created`; repeated for several.',
      }),
    ),
    customer: Type.Optional(CustomerId),
    subject: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'The id of what was acted on.' })),
    actor: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The id of the key that acted.' })),
    start: Type.Optional(Timestamp),
    end: Type.Optional(Timestamp),
    order: Type.Optional(Type.Enum(['newest_first', 'oldest_first'], { default: 'newest_first' })),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const CURSOR = /^[1-9]\d{0,17}$/;

export function auditLogRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/audit-log',
      operationId: 'listAuditLog',
      tag: 'Audit log',
      summary: 'List what was done',
      description:
        "A key that belongs to a customer sees what happened to its customer, projects, keys, limits and events; where an act of the operator's staff came from is not shown to it.",
      scope: 'keys:read',
      query: Parameters,
      success: { status: 200, schema: AuditLogSchema },
      errors: ['customer_mismatch'],
      handle: answerAuditLog,
    }),
  ];
}

async function answerAuditLog(call: Call<Static<typeof Parameters>, unknown>) {
  const { caller, query, records } = call;
  const customerId = customerInQuestion(caller, query.customer);
  const { limit, request } = pageRequest({ ...(query.limit === undefined ? {} : { limit: query.limit }) });
  const isConfined = confinedTo(caller) !== null;
  const found = await records.auditEntries({
    ...(query.action === undefined ? {} : { actions: query.action }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(isConfined ? { subjectTypes: CUSTOMER_SUBJECTS } : {}),
    ...(query.subject === undefined ? {} : { subjectId: query.subject }),
    ...(query.actor === undefined ? {} : { actorKeyId: query.actor }),
    ...(query.start === undefined ? {} : { startMs: instantOf(query.start) }),
    ...(query.end === undefined ? {} : { endMs: instantOf(query.end) }),
    ...(query.cursor === undefined ? {} : { after: cursorOf(query.cursor) }),
    order: query.order ?? 'newest_first',
    limit: request.limit,
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const ownKeys = isConfined ? await ownActors(call, page) : undefined;
  const { sequence, hash } = await records.auditHead();
  return json(200, {
    data: page.map((entry) => toJson(entry, ownKeys)),
    head: { sequence, hash },
    next_cursor: found.length > limit && last !== undefined ? last.sequence.toString() : null,
  });
}

/** The keys among the actors that are the caller's customer's own. */
async function ownActors(
  { caller, records }: { readonly caller: Caller } & Pick<Call<unknown, unknown>, 'records'>,
  entries: readonly AuditLogEntry[],
): Promise<ReadonlySet<string>> {
  const own = new Set<string>();
  for (const id of new Set(entries.flatMap(({ actor }) => (actor.keyId === null ? [] : [actor.keyId])))) {
    const key = await records.key(id);
    if (key?.customerId === caller.customerId) own.add(id);
  }
  return own;
}

/** `ownKeys`: those whose origin is shown; undefined: all of them. */
function toJson(entry: AuditLogEntry, ownKeys: ReadonlySet<string> | undefined) {
  const { actor, origin } = entry;
  const isShown = ownKeys === undefined || (actor.keyId !== null && ownKeys.has(actor.keyId));
  return {
    sequence: entry.sequence,
    time: formatTimestamp(entry.atMs),
    action: entry.action,
    actor: { key: actor.keyId },
    customer: entry.customerId,
    subject: entry.subject,
    origin: origin === null || !isShown ? null : { address: origin.address, request_id: origin.requestId },
    before: entry.before,
    after: entry.after,
    reason: entry.reason,
    hash: entry.hash,
  };
}

function instantOf(text: string): number {
  // The schema has checked it.
  return parseTimestamp(text) ?? Number.NaN;
}

function cursorOf(cursor: string): bigint {
  if (CURSOR.test(cursor)) return BigInt(cursor);
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'The cursor is none that this list gave. See `errors`.',
    errors: [{ pointer: 'cursor', detail: 'must be the `next_cursor` of the page before.' }],
  });
}
