// What the counter tells of the records whose requests are traced: that each was counted and stored, and settled. They share
// the times of their batch. Told once all is done, so that a batch that is tried again is told of once.

import type { Clock, Tracing } from '@tollgate/runtime';
import type { AssessedRecord } from './assess-records.ts';

interface BatchTimes {
  readonly startedAtMs: number;
  readonly storedAtMs: number;
}

/** Of one batch: when everything is traced, a sample is enough. */
const TRACED_MAX = 200;

export function traceRecords(
  { tracing, clock }: { readonly tracing: Tracing; readonly clock: Clock },
  assessed: readonly AssessedRecord[],
  { startedAtMs, storedAtMs }: BatchTimes,
): void {
  const settledAtMs = clock.now();
  let traced = 0;
  for (const each of assessed) {
    if (each.kind === 'foreign' || each.record.traceparent === undefined) continue;
    if (traced++ === TRACED_MAX) return;
    const { traceparent, eventId, customerId } = each.record;
    const count = tracing.start({ name: 'count', kind: 'consumer', parent: traceparent, startedAtMs });
    if (count === undefined) continue;
    const settle = tracing.start({
      name: 'settle',
      kind: 'internal',
      parent: count.traceparent,
      startedAtMs: storedAtMs,
    });
    settle?.end({ endedAtMs: settledAtMs });
    const { partition } = each.delivered;
    const attributes = {
      'tollgate.event_id': eventId,
      'tollgate.customer': customerId,
      'tollgate.partition': partition,
    };
    count.end({ endedAtMs: settledAtMs, attributes });
  }
}
