// What the log has accepted and the counter has not committed yet: looked at from outside, within limits.

import { type AcceptedRecord, decodeRecord, TollgateError } from '@tollgate/domain';
import { type DeliveredRecord, type LogMonitor, offsetOf } from '@tollgate/event-log';

/** The tail that is read at most: past it the answer says that it is not complete. */
const RECORDS_MAX = 500_000;
const TIMEOUT_MS = 5_000;
/** One look at a time; more of them would take the log's attention from those who append. */
const WAITING_MAX = 16;

interface Tail {
  /** How many of the events lie at or beyond this offset of their partition; 0 where none is given. */
  eventsFrom(offsets: ReadonlyMap<number, bigint>): bigint;
  readonly isComplete: boolean;
}

export interface InFlight {
  /** The accepted events of this period (and customer). */
  tail(period: {
    readonly startMs: number;
    readonly endMs: number;
    readonly customerId: string | undefined;
  }): Promise<Tail>;
  /** The first record of this event, or null. */
  find(customerId: string, eventId: string): Promise<AcceptedRecord | null>;
}

export function createInFlight(monitor: Pick<LogMonitor, 'readUncommitted'>): InFlight {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const visit = async (look: (record: AcceptedRecord, delivered: DeliveredRecord) => void): Promise<boolean> => {
    if (waiting >= WAITING_MAX) throw busy();
    waiting += 1;
    const before = last;
    const looked = before.then(async () => {
      const limits = { recordsMax: RECORDS_MAX, timeoutMs: TIMEOUT_MS };
      const { complete } = await monitor.readUncommitted((delivered) => {
        const record = decodeRecord(delivered.value);
        if (record !== undefined) look(record, delivered);
      }, limits);
      return complete;
    });
    last = looked.catch(() => undefined);
    try {
      return await looked;
    } finally {
      waiting -= 1;
    }
  };

  return {
    async tail({ startMs, endMs, customerId }) {
      const places: { readonly partition: number; readonly offset: bigint }[] = [];
      const isComplete = await visit((record, { partition, position }) => {
        if (record.kind !== 'event' || record.isReplay) return;
        if (record.timeMs < startMs || record.timeMs >= endMs) return;
        if (customerId !== undefined && record.customerId !== customerId) return;
        places.push({ partition, offset: offsetOf(position) });
      });
      return {
        isComplete,
        eventsFrom: (offsets) =>
          BigInt(places.filter(({ partition, offset }) => offset >= (offsets.get(partition) ?? 0n)).length),
      };
    },
    async find(customerId, eventId) {
      let found: AcceptedRecord | null = null;
      await visit((record) => {
        if (record.kind !== 'event' || record.eventId !== eventId) return;
        if (record.customerId === customerId) found ??= record;
      });
      return found;
    },
  };
}

function busy(): TollgateError {
  return new TollgateError({
    code: 'unavailable',
    detail: 'The log is being looked at by too many at this moment. Try again in a moment.',
    retryAfterSeconds: 2,
  });
}
