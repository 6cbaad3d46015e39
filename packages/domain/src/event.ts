// The shape of one report of use, as a client sends it to `POST /v1/events`. Unknown members are refused: a mistyped
// member that is silently ignored would be usage that nobody bills.

import Type, { type Static } from 'typebox';

const TEXT_LENGTH_MAX = 256;

const Name = Type.String({ minLength: 1, maxLength: TEXT_LENGTH_MAX });

export const MetadataSchema = Type.Record(
  // A record keeps only the pattern of its names, so their length is part of it.
  Type.String({ pattern: '^[\\s\\S]{1,64}$' }),
  Type.Union([Type.String({ maxLength: 512 }), Type.Number(), Type.Boolean(), Type.Null()]),
  {
    maxProperties: 50,
    additionalProperties: false,
    description: 'Up to 50 labels to group and filter by: strings, numbers or booleans.',
  },
);

export const EventSchema = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: TEXT_LENGTH_MAX,
      description: 'The event id. The same id of the same customer counts once, however often it is sent.',
    }),
    time: Type.Optional(
      Type.String({ description: 'When the use happened, RFC 3339 with a zone. Absent: the time of receipt.' }),
    ),
    key: Type.Optional(Type.String({ description: 'The API key id the use belongs to. Absent: the key that sends.' })),
    customer: Type.Optional(
      Type.String({ description: 'The customer the use belongs to, where no key is named (needs `usage:write:any`).' }),
    ),
    type: Type.String({
      minLength: 1,
      maxLength: TEXT_LENGTH_MAX,
      description: '`llm.chat`, `llm.responses`, `llm.completion`, `llm.embedding`, or any other name for meters.',
    }),
    provider: Type.Optional(Name),
    model: Type.Optional(Name),
    input: Type.Optional(Type.Unknown({ description: 'The request as sent to the model: text to be counted.' })),
    output: Type.Optional(
      Type.Unknown({
        description:
          'The answer of the model: text to be counted. Of a stream also its chunks as they came, as `{"chunks": […]}` or a list: their text is counted, and where `usage` is absent the usage in them is taken.',
      }),
    ),
    usage: Type.Optional(
      Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
        description:
          "The provider's own usage object, as it came. Read by what its members show, then by `provider`; members that no rule knows are flagged on the event.",
      }),
    ),
    service_tier: Type.Optional(Type.Union([Name, Type.Null()])),
    status: Type.Optional(Type.Union([Type.Literal('completed'), Type.Literal('aborted'), Type.Literal('failed')])),
    stream: Type.Optional(Type.Boolean()),
    latency_ms: Type.Optional(Type.Number({ minimum: 0 })),
    reservation: Type.Optional(Name),
    metadata: Type.Optional(MetadataSchema),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Numeric data for meters.' })),
  },
  { additionalProperties: false },
);

export type UsageEvent = Static<typeof EventSchema>;

/** The `type`s whose tokens are counted. Any other is for meters. */
export const LLM_EVENT_TYPES = ['llm.chat', 'llm.responses', 'llm.completion', 'llm.embedding'] as const;

export type LlmEventType = (typeof LLM_EVENT_TYPES)[number];

export function isLlmEventType(type: string): type is LlmEventType {
  return (LLM_EVENT_TYPES as readonly string[]).includes(type);
}

/** How far before the time of receipt an event's time may lie without an explicit backfill. */
export const EVENT_AGE_MAX_MS = 35 * 24 * 60 * 60 * 1000;

/** The same with an explicit backfill: as far as usage may be asked for. */
export const BACKFILL_AGE_MAX_MS = 1_830 * 24 * 60 * 60 * 1000;

/** How far after the time of receipt an event's time may lie: clocks differ. */
export const EVENT_AHEAD_MAX_MS = 5 * 60 * 1000;

export const EVENTS_PER_REQUEST_MAX = 1_000;

/** A request body's size after decompression, in bytes. */
export const EVENTS_BODY_BYTES_MAX = 5 * 1024 * 1024;
