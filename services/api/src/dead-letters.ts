// Dead letters: what could not be counted, why, and how it is sent through again.

import { type AcceptedRecord, formatTimestamp, TollgateError } from '@tollgate/domain';
import type { DeadLetter, DeadLetterQueue, LogWriter } from '@tollgate/event-log';
import type { Clock } from '@tollgate/runtime';
import type { EventView, Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import { deadLetterBatchRoutes } from './dead-letter-batches.ts';
import { deadLetterIdOf } from './event-json.ts';
import { findLetters, LetterId } from './find-dead-letters.ts';
import { AsOf, recentPeriodOf, recentPeriodQuery } from './period.ts';
import { auditReplay, replayed } from './replay-dead-letter.ts';
import { defineRoute, json, type Route } from './route.ts';
import { NextCursor, orNull, pageQuery, pageRequest, Timestamp } from './schemas.ts';
import { customerInQuestion, notFound } from './tenancy.ts';

const LetterSchema = Type.Object({
  id: LetterId,
  event: Type.String({ description: 'The event id.' }),
  customer: Type.String(),
  time: Timestamp,
  received_at: Timestamp,
  reported_by: Type.String({ description: 'The API key that sent it.' }),
  code: Type.String({ description: 'Why it could not be counted.' }),
});

const LetterWithDetail = Type.Object({
  id: LetterId,
  event: orNull(Type.String()),
  customer: orNull(Type.String({ description: 'Null for an entry that no event can be read from.' })),
  time: orNull(Timestamp),
  received_at: orNull(Timestamp),
  reported_by: orNull(Type.String()),
  code: Type.String(),
  detail: Type.String({ description: 'The reason as a sentence.' }),
  dead_since: Timestamp,
});

interface DeadLetterRoutesOptions {
  readonly warehouse: Warehouse;
  readonly deadLetters: DeadLetterQueue;
  readonly writer: LogWriter;
  readonly clock: Clock;
}

export function deadLetterRoutes(options: DeadLetterRoutesOptions): readonly Route[] {
  const { warehouse, deadLetters, writer, clock } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/dead-letters',
      operationId: 'listDeadLetters',
      tag: 'Dead letters',
      summary: 'List dead letters',
      description: 'The newest first. The period is of the time of the event.',
      scope: 'usage:read',
      query: Type.Object(
        {
          ...recentPeriodQuery,
          customer: Type.Optional(CustomerId),
          code: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 64,
              description: 'Those that could not be counted for this reason.',
            }),
          ),
          ...pageQuery,
        },
        { additionalProperties: false },
      ),
      success: {
        status: 200,
        schema: Type.Object({ data: Type.Array(LetterSchema), as_of: AsOf, next_cursor: NextCursor }),
      },
      errors: ['customer_mismatch'],
      async handle({ caller, query }) {
        const customerId = customerInQuestion(caller, query.customer);
        const asOfMs = await warehouse.asOf();
        const { rows, nextCursor } = await warehouse.events({
          ...recentPeriodOf(query, clock.now()),
          ...(customerId === undefined ? {} : { customerId }),
          state: 'dead_lettered',
          ...(query.code === undefined ? {} : { reason: query.code }),
          limit: pageRequest(query).limit,
          ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
        });
        const asOf = asOfMs === null ? null : formatTimestamp(asOfMs);
        return json(200, { data: rows.map(listedJson), as_of: asOf, next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/dead-letters/{id}',
      operationId: 'getDeadLetter',
      tag: 'Dead letters',
      summary: 'Get a dead letter with its reason',
      scope: 'usage:read',
      success: { status: 200, schema: LetterWithDetail },
      async handle({ caller, params }) {
        const id = params['id'] ?? '';
        const found = (await findLetters([id], { caller, deadLetters })).get(id);
        if (found === undefined) throw notFound();
        return json(200, letterJson(found.letter, found.record));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/dead-letters/{id}/replay',
      operationId: 'replayDeadLetter',
      tag: 'Dead letters',
      summary: 'Send a dead letter through again',
      description:
        'Its record is appended to the log once more, as the same acceptance. Replaying it twice changes nothing: an event counts once.',
      scope: 'usage:write',
      success: { status: 202, schema: Type.Object({ id: LetterId, state: Type.Literal('accepted') }) },
      errors: ['conflict', 'log_unavailable'],
      async handle(call) {
        const { caller, params } = call;
        const id = params['id'] ?? '';
        const found = (await findLetters([id], { caller, deadLetters })).get(id);
        if (found === undefined) throw notFound();
        const { letter, record } = found;
        if (record === undefined) throw notReplayable();
        await auditReplay(call, { letter, record });
        await writer.append([replayed(record)]);
        return json(202, { id: letter.id, state: 'accepted' });
      },
    }),
    ...deadLetterBatchRoutes(options),
  ];
}

function listedJson({ receipt }: EventView) {
  return {
    id: deadLetterIdOf(receipt),
    event: receipt.eventId,
    customer: receipt.customerId,
    time: formatTimestamp(receipt.timeMs),
    received_at: formatTimestamp(receipt.receivedAtMs),
    reported_by: receipt.reporterKeyId,
    code: receipt.reason,
  };
}

function letterJson({ id, code, detail, deadAtMs }: DeadLetter, record: AcceptedRecord | undefined) {
  return {
    id,
    event: record?.eventId ?? null,
    customer: record?.customerId ?? null,
    time: record === undefined ? null : formatTimestamp(record.timeMs),
    received_at: record === undefined ? null : formatTimestamp(record.receivedAtMs),
    reported_by: record?.reporterKeyId ?? null,
    code,
    detail,
    dead_since: formatTimestamp(deadAtMs),
  };
}

function notReplayable(): TollgateError {
  return new TollgateError({
    code: 'conflict',
    detail: 'No event can be read from this entry, so it cannot be sent through again.',
  });
}
