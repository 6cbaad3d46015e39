// Several dead letters at once: sent through again, or discarded, which withdraws their events.

import { type AcceptedRecord, encodeRecord, partitionKeyOf } from '@tollgate/domain';
import type { DeadLetterQueue, LogRecord, LogWriter } from '@tollgate/event-log';
import type { Clock } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { findLetters, LetterId } from './find-dead-letters.ts';
import { auditReplay, replayed } from './replay-dead-letter.ts';
import { type CallContext, defineRoute, json, type Route } from './route.ts';

/** A letter may hold megabytes, and all of them are in memory at once. */
const LETTERS_MAX = 50;

const Ids = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  minItems: 1,
  maxItems: LETTERS_MAX,
  uniqueItems: true,
  description: 'Of the letters, as they are listed.',
});

const NOT_SENT = {
  not_found: 'there is no such letter, or not any more',
  not_readable: 'no event can be read from it',
  counted: 'its event was counted meanwhile, and is not withdrawn by this',
} as const;

const Replayed = Type.Object({
  data: Type.Array(Type.Object({ id: LetterId, state: Type.Enum(['accepted', 'not_found', 'not_readable']) }), {
    description: `One for each id, in their order. \`not_found\`: ${NOT_SENT.not_found}; \`not_readable\`: ${NOT_SENT.not_readable}.`,
  }),
});
const Discarded = Type.Object({
  data: Type.Array(
    Type.Object({ id: LetterId, state: Type.Enum(['discarded', 'not_found', 'not_readable', 'counted']) }),
    { description: `As for a replay. \`counted\`: ${NOT_SENT.counted}.` },
  ),
});

interface DeadLetterBatchOptions {
  readonly warehouse: Pick<Warehouse, 'event'>;
  readonly deadLetters: DeadLetterQueue;
  readonly writer: LogWriter;
  readonly clock: Clock;
}

export function deadLetterBatchRoutes({
  warehouse,
  deadLetters,
  writer,
  clock,
}: DeadLetterBatchOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/dead-letters/replay',
      operationId: 'replayDeadLetters',
      tag: 'Dead letters',
      summary: 'Send dead letters through again',
      description: `As for one, up to ${LETTERS_MAX} in one request; a letter that cannot be sent holds back none of the others.`,
      scope: 'usage:write',
      body: Type.Object({ ids: Ids }, { additionalProperties: false }),
      success: { status: 202, schema: Replayed },
      errors: ['log_unavailable'],
      async handle(call) {
        const found = await findLetters(call.body.ids, { caller: call.caller, deadLetters });
        const sent: LogRecord[] = [];
        const data: { id: string; state: 'accepted' | keyof typeof NOT_SENT }[] = [];
        for (const id of call.body.ids) {
          const { letter, record } = found.get(id) ?? {};
          if (letter === undefined || record === undefined) {
            data.push({ id, state: letter === undefined ? 'not_found' : 'not_readable' });
            continue;
          }
          await auditReplay(call, { letter, record });
          sent.push(replayed(record));
          data.push({ id, state: 'accepted' });
        }
        if (sent.length > 0) await writer.append(sent);
        return json(202, { data });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/dead-letters/discard',
      operationId: 'discardDeadLetters',
      tag: 'Dead letters',
      summary: 'Discard dead letters',
      description:
        'Withdraws their events, as `POST /v1/events/void` does: they are never counted, and the books say `voided` of them. It cannot be undone. The audit log has each with the reason, as `event.voided`.',
      scope: 'usage:write',
      body: Type.Object(
        {
          ids: Ids,
          reason: Type.String({ minLength: 1, maxLength: 512, description: 'For people, and for the audit log.' }),
        },
        { additionalProperties: false },
      ),
      success: { status: 202, schema: Discarded },
      errors: ['log_unavailable'],
      async handle(call) {
        const found = await findLetters(call.body.ids, { caller: call.caller, deadLetters });
        const sent: LogRecord[] = [];
        const data: { id: string; state: 'discarded' | keyof typeof NOT_SENT }[] = [];
        for (const id of call.body.ids) {
          const { letter, record } = found.get(id) ?? {};
          if (letter === undefined || record === undefined) {
            data.push({ id, state: letter === undefined ? 'not_found' : 'not_readable' });
            continue;
          }
          const copies = await warehouse.event(record.customerId, record.eventId);
          if (copies.some(({ state }) => state === 'counted')) {
            data.push({ id, state: 'counted' });
            continue;
          }
          sent.push(withdrawal(record, { call, reason: call.body.reason, nowMs: clock.now() }));
          data.push({ id, state: 'discarded' });
        }
        if (sent.length > 0) await writer.append(sent);
        return json(202, { data });
      },
    }),
  ];
}

interface Withdrawal {
  readonly call: Pick<CallContext, 'caller' | 'origin'>;
  readonly reason: string;
  readonly nowMs: number;
}

/** As ingest writes it; who withdrew what reaches the audit log through the log. */
function withdrawal(record: AcceptedRecord, { call, reason, nowMs }: Withdrawal): LogRecord {
  const { customerId, projectId, keyId, eventId } = record;
  const { address, requestId } = call.origin;
  const body = Buffer.from(JSON.stringify({ reason, origin: { address, request_id: requestId } }));
  return {
    partitionKey: partitionKeyOf(customerId, eventId),
    value: encodeRecord({
      ...{ kind: 'void', customerId, projectId, keyId, reporterKeyId: call.caller.keyId, eventId },
      ...{ timeMs: nowMs, receivedAtMs: nowMs, isReplay: false, body },
    }),
  };
}
