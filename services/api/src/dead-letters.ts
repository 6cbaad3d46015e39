// Dead letters: what could not be counted, why, and how it is sent through again.

import {
  type AcceptedRecord,
  decodeRecord,
  encodeRecord,
  formatTimestamp,
  partitionKeyOf,
  TollgateError,
} from '@tollgate/domain';
import type { DeadLetter, DeadLetterQueue, LogWriter } from '@tollgate/event-log';
import type { Clock } from '@tollgate/runtime';
import type { EventView, Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { auditOf } from './audit.ts';
import { CustomerId } from './customers.ts';
import { deadLetterIdOf } from './event-json.ts';
import { AsOf, recentPeriodOf, recentPeriodQuery } from './period.ts';
import { type CallContext, defineRoute, json, type Route } from './route.ts';
import { NextCursor, orNull, pageQuery, pageRequest, Timestamp } from './schemas.ts';
import { confinedTo, customerInQuestion, notFound } from './tenancy.ts';

const LetterId = Type.String({ description: 'Where its record stood in the log: `epoch-partition-position`.' });
const LETTER_ID_SHAPE = /^\d{1,10}-\d{1,10}-\d{1,20}$/;

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
        { ...recentPeriodQuery, customer: Type.Optional(CustomerId), ...pageQuery },
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
        const { letter, record } = await findLetter(params['id'], { caller, deadLetters });
        return json(200, letterJson(letter, record));
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
        const { caller, params, records } = call;
        const { letter, record } = await findLetter(params['id'], { caller, deadLetters });
        if (record === undefined) throw notReplayable();
        const { customerId, eventId } = record;
        const subject = { type: 'dead_letter', id: letter.id };
        // When the entry cannot be written after all, the answer is an error, and a replay that is sent again is harmless.
        await records.appendAudit(
          auditOf(call, {
            action: 'dead_letter.replayed',
            customerId,
            subject,
            before: { event: eventId, code: letter.code },
            after: null,
          }),
        );
        await writer.append([
          {
            partitionKey: partitionKeyOf(record.customerId, record.eventId),
            value: encodeRecord({ ...record, isReplay: true }),
          },
        ]);
        return json(202, { id: letter.id, state: 'accepted' });
      },
    }),
  ];
}

/** A letter of another customer, and to anyone but the operator one that cannot be read, is not found. */
async function findLetter(
  id: string | undefined,
  { caller, deadLetters }: Pick<CallContext, 'caller'> & { readonly deadLetters: DeadLetterQueue },
): Promise<{ readonly letter: DeadLetter; readonly record: AcceptedRecord | undefined }> {
  const own = confinedTo(caller);
  if (id === undefined || !LETTER_ID_SHAPE.test(id)) throw notFound();
  const [letter] = await deadLetters.find([id]);
  if (letter === undefined) throw notFound();
  const record = decodeRecord(letter.value);
  if (own !== null && record?.customerId !== own) throw notFound();
  return { letter, record };
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
