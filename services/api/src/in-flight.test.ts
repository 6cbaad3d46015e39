import { type AcceptedRecord, encodeRecord } from '@tollgate/domain';
import { type LogMonitor, positionOf } from '@tollgate/event-log';
import { expect, it } from 'vitest';
import { createInFlight } from './in-flight.ts';

const recordOf = (fields: Partial<AcceptedRecord>): Uint8Array =>
  encodeRecord({
    kind: 'event',
    customerId: 'cus_1',
    projectId: null,
    keyId: 'key_1',
    reporterKeyId: 'key_1',
    eventId: 'a',
    timeMs: 100,
    receivedAtMs: 100,
    isReplay: false,
    body: Buffer.from('{}'),
    ...fields,
  });

function inFlightOf(
  values: readonly Uint8Array[],
  options: { readonly complete?: boolean; hold?: Promise<void> } = {},
) {
  const looks = { running: 0, most: 0, total: 0 };
  const monitor: Pick<LogMonitor, 'readUncommitted'> = {
    async readUncommitted(visit) {
      looks.running += 1;
      looks.total += 1;
      looks.most = Math.max(looks.most, looks.running);
      await options.hold;
      for (const [index, value] of values.entries())
        visit({ partition: 0, position: positionOf(BigInt(index), 0), value });
      looks.running -= 1;
      return { complete: options.complete ?? true };
    },
  };
  return { looks, inFlight: createInFlight(monitor) };
}

it('counts the events of a half-open period, not voids, replays and what cannot be read', async () => {
  const { inFlight } = inFlightOf([
    recordOf({ timeMs: 99 }),
    recordOf({ timeMs: 100 }),
    recordOf({ timeMs: 199, customerId: 'cus_2' }),
    recordOf({ timeMs: 200 }),
    recordOf({ kind: 'void' }),
    recordOf({ isReplay: true }),
    Buffer.from('nonsense'),
  ]);
  const period = { startMs: 100, endMs: 200 };
  const all = await inFlight.tail({ ...period, customerId: undefined });
  expect(all.isComplete).toBe(true);
  expect(all.eventsFrom(new Map())).toBe(2n);
  expect((await inFlight.tail({ ...period, customerId: 'cus_2' })).eventsFrom(new Map())).toBe(1n);
});

it('leaves out what is stored already', async () => {
  const { inFlight } = inFlightOf([recordOf({}), recordOf({}), recordOf({})]);
  const tail = await inFlight.tail({ startMs: 0, endMs: 200, customerId: undefined });
  expect(tail.eventsFrom(new Map([[0, 2n]]))).toBe(1n);
  expect(tail.eventsFrom(new Map([[1, 2n]]))).toBe(3n);
});

it('says when the log holds more than was looked at', async () => {
  const { inFlight } = inFlightOf([recordOf({})], { complete: false });
  const tail = await inFlight.tail({ startMs: 0, endMs: 200, customerId: undefined });
  expect(tail.isComplete).toBe(false);
  expect(tail.eventsFrom(new Map())).toBe(1n);
});

it('finds the first record of an event', async () => {
  const { inFlight } = inFlightOf([
    recordOf({ customerId: 'cus_2' }),
    recordOf({ kind: 'void', timeMs: 0 }),
    recordOf({ timeMs: 1 }),
    recordOf({ timeMs: 2 }),
  ]);
  expect(await inFlight.find('cus_1', 'a')).toMatchObject({ customerId: 'cus_1', timeMs: 1 });
  expect(await inFlight.find('cus_1', 'b')).toBeNull();
});

it('looks once at a time, and refuses when too many wait', async () => {
  let release = (): void => {};
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { inFlight, looks } = inFlightOf([recordOf({})], { hold });
  const asked = Array.from({ length: 30 }, () => inFlight.find('cus_1', 'a'));
  release();
  const results = await Promise.allSettled(asked);
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(looks).toEqual({ running: 0, most: 1, total: 16 });
  expect(refused).toHaveLength(14);
  expect(await inFlight.find('cus_1', 'a')).not.toBeNull();
});

it('looks again after a look that failed', async () => {
  let fails = true;
  const inFlight = createInFlight({
    async readUncommitted() {
      if (fails) throw new Error('away');
      return { complete: true };
    },
  });
  await expect(inFlight.find('cus_1', 'a')).rejects.toThrow('away');
  fails = false;
  expect(await inFlight.find('cus_1', 'a')).toBeNull();
});
