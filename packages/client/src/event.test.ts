import type { UsageEvent as TakenEvent } from '@tollgate/domain';
import { EventSchema } from '@tollgate/domain';
import { expect, expectTypeOf, it } from 'vitest';
import type { QueuedEvent, UsageEvent } from './event.ts';

it('the client’s event is the one that ingest takes', () => {
  // Metadata apart, whose schema says in its values' types what this type says in one word.
  expectTypeOf<keyof UsageEvent>().toEqualTypeOf<keyof TakenEvent>();
  expectTypeOf<Omit<QueuedEvent, 'metadata'>>().toExtend<Omit<TakenEvent, 'metadata'>>();
  const names: Record<keyof UsageEvent, true> = {
    id: true,
    time: true,
    key: true,
    customer: true,
    type: true,
    provider: true,
    model: true,
    input: true,
    output: true,
    usage: true,
    service_tier: true,
    status: true,
    stream: true,
    latency_ms: true,
    reservation: true,
    metadata: true,
    data: true,
  };
  expect(Object.keys(names).sort()).toEqual(Object.keys(EventSchema.properties).sort());
});
