// An event on the wire.

import {
  type AcceptedRecord,
  COST_CLASSES,
  formatTimestamp,
  PROVENANCES,
  type Receipt,
  TOKEN_CLASSES,
  type UsageRow,
} from '@tollgate/domain';
import { EVENT_STATES, type EventView } from '@tollgate/warehouse';
import Type from 'typebox';
import { decimalOfPico, decimalsOf } from './money.ts';
import { Count, Decimal, orNull, Timestamp } from './schemas.ts';

const classes = <Schema extends Type.TSchema>(schema: Schema) =>
  Type.Partial(Type.Object(Object.fromEntries(TOKEN_CLASSES.map((tokenClass) => [tokenClass, schema]))));

const State = Type.Enum(['accepted', ...EVENT_STATES], {
  description: '`accepted`: in the log, not counted yet.',
});

const copyFields = {
  state: State,
  time: Timestamp,
  received_at: Timestamp,
  reported_by: Type.String({ description: 'The API key that sent it.' }),
  reason: orNull(Type.String({ description: 'Why it was dead-lettered or voided.' })),
  replay: Type.Boolean({ description: 'A dead letter that was sent through again.' }),
  dead_letter: orNull(Type.String({ description: 'The id under which it can be replayed.' })),
};

export const countedFields = {
  project: orNull(Type.String()),
  key: orNull(Type.String()),
  type: orNull(Type.String()),
  provider: orNull(Type.String()),
  model: orNull(Type.String()),
  service_tier: orNull(Type.String()),
  region: orNull(Type.String()),
  status: orNull(Type.String()),
  stream: orNull(Type.Boolean()),
  latency_ms: orNull(Type.Number()),
  tokens: orNull(classes(Count)),
  provenance: orNull(classes(Type.Enum([...PROVENANCES]))),
  rule: orNull(
    Type.String({
      description: 'What produced the counts: an encoding such as o200k_base, or a shape of reported usage.',
    }),
  ),
  text_tokens: Type.Object(
    { input: orNull(Count), output: orNull(Count) },
    { description: 'Tokens of the text where text came too; the difference to reported ones is their drift.' },
  ),
  requests: Count,
  web_searches: Count,
  cost: orNull(Type.String({ description: 'Decimal. Null while no price is known, and where nothing was counted.' })),
  currency: orNull(Type.String({ description: 'ISO 4217: of the cost, once there is one.' })),
  cost_by_class: orNull(
    Type.Partial(Type.Object(Object.fromEntries(COST_CLASSES.map((costClass) => [costClass, Decimal]))), {
      description: 'The cost by what it is for: adds up to `cost`.',
    }),
  ),
  cache_savings: orNull(
    Type.String({ description: 'Decimal: what the tokens read from a cache would have cost more as plain input.' }),
  ),
  price_ids: Type.Array(Type.String(), { description: 'The versions of prices that made the cost.' }),
  unpriced_reason: orNull(Type.String({ description: 'Why there is no cost; null when there is one.' })),
  flags: Type.Array(Type.String(), {
    description: 'What is odd about the event though it counts, such as `unknown_usage_member:foo`.',
  }),
  metadata: orNull(Type.Record(Type.String(), Type.String())),
};

const eventFields = { id: Type.String(), customer: Type.String(), ...copyFields, ...countedFields };

export const EventSchema = Type.Object(eventFields, {
  description: 'One copy of an event. Where it was not counted, what counting gives is null.',
});

export const EventWithCopies = Type.Object({
  ...eventFields,
  copies: Type.Array(Type.Object(copyFields), { description: 'Everything that was received under this id, in order.' }),
});

export function deadLetterIdOf({ epoch, partition, position }: Receipt): string {
  return `${epoch}-${partition}-${position}`;
}

export function eventJson(view: EventView) {
  const { customerId, eventId } = view.receipt;
  return { id: eventId, customer: customerId, ...copyJson(view), ...countedJson(view.usage) };
}

export function copyJson({ receipt, state }: EventView) {
  return {
    state,
    time: formatTimestamp(receipt.timeMs),
    received_at: formatTimestamp(receipt.receivedAtMs),
    reported_by: receipt.reporterKeyId,
    reason: receipt.reason === '' ? null : receipt.reason,
    replay: receipt.isReplay,
    dead_letter: receipt.outcome === 'dead_lettered' ? deadLetterIdOf(receipt) : null,
  };
}

export function countedJson(usage: UsageRow | null) {
  return {
    project: usage?.projectId ?? null,
    key: usage?.keyId ?? null,
    type: usage?.type ?? null,
    provider: usage?.provider ?? null,
    model: usage?.model ?? null,
    service_tier: usage?.serviceTier ?? null,
    region: emptyAsNull(usage?.region),
    status: usage?.status ?? null,
    stream: usage?.isStream ?? null,
    latency_ms: usage?.latencyMs ?? null,
    tokens: usage?.tokens ?? null,
    provenance: usage?.provenance ?? null,
    rule: usage?.rule ?? null,
    text_tokens: { input: usage?.textInputTokens ?? null, output: usage?.textOutputTokens ?? null },
    requests: usage?.requests ?? 0n,
    web_searches: usage?.webSearches ?? 0n,
    ...costJson(usage),
    flags: usage?.flags ?? [],
    metadata: usage?.metadata ?? null,
  };
}

function costJson(usage: UsageRow | null) {
  const { costPico = null, costByClass = {}, cacheSavingsPico = 0n } = usage ?? {};
  const isPriced = costPico !== null;
  return {
    cost: isPriced ? decimalOfPico(costPico) : null,
    currency: emptyAsNull(usage?.currency),
    cost_by_class: isPriced ? decimalsOf(costByClass) : null,
    cache_savings: isPriced ? decimalOfPico(cacheSavingsPico) : null,
    price_ids: usage?.priceIds ?? [],
    unpriced_reason: emptyAsNull(usage?.unpricedReason),
  };
}

function emptyAsNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** An event that the log holds and the counter has not come to. */
export function acceptedJson(record: AcceptedRecord) {
  return {
    id: record.eventId,
    customer: record.customerId,
    state: 'accepted',
    time: formatTimestamp(record.timeMs),
    received_at: formatTimestamp(record.receivedAtMs),
    reported_by: record.reporterKeyId,
    reason: null,
    replay: record.isReplay,
    dead_letter: null,
    ...countedJson(null),
    project: record.projectId,
    key: record.keyId,
  };
}
