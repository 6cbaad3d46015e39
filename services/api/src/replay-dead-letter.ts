// A dead letter that is sent through again: the same acceptance once more, and who had it done.

import { type AcceptedRecord, encodeRecord, partitionKeyOf } from '@tollgate/domain';
import type { DeadLetter, LogRecord } from '@tollgate/event-log';
import { auditOf } from './audit.ts';
import type { CallContext } from './route.ts';

interface ReadableLetter {
  readonly letter: DeadLetter;
  readonly record: AcceptedRecord;
}

export function replayed(record: AcceptedRecord): LogRecord {
  return {
    partitionKey: partitionKeyOf(record.customerId, record.eventId),
    value: encodeRecord({ ...record, isReplay: true }),
  };
}

/** When the entry cannot be written after all, the answer is an error, and a replay that is sent again is harmless. */
export async function auditReplay(
  call: Pick<CallContext, 'caller' | 'origin' | 'records'>,
  { letter, record: { customerId, eventId } }: ReadableLetter,
): Promise<void> {
  const subject = { type: 'dead_letter', id: letter.id };
  const before = { event: eventId, code: letter.code };
  await call.records.appendAudit(
    auditOf(call, { action: 'dead_letter.replayed', customerId, subject, before, after: null }),
  );
}
