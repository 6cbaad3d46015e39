import { describe, expect, it } from 'vitest';
import { createSlots } from './slots.ts';

const BAD = { isSuccess: false, durationMs: 15_000 };
const GOOD = { isSuccess: true, durationMs: 10 };

/** Claims what the rooms allow for endpoints with endless work, as the queue does. */
function fill(slots: ReturnType<typeof createSlots>, endpoints: readonly string[]): void {
  const rooms = slots.exceptions();
  for (const endpoint of endpoints) {
    const room = rooms.get(endpoint) ?? slots.endpointRoom;
    for (let taken = 0; taken < room && slots.room > 0; taken += 1) slots.take(endpoint);
  }
}

function trouble(slots: ReturnType<typeof createSlots>, count: number): readonly string[] {
  const endpoints = Array.from({ length: count }, (_, index) => `bad${index}`);
  for (const endpoint of endpoints) {
    slots.take(endpoint);
    slots.free(endpoint, BAD);
  }
  return endpoints;
}

describe('slots', () => {
  it('give an endpoint sixteen, and no more', () => {
    const slots = createSlots(32);
    fill(slots, ['one']);
    fill(slots, ['one']);
    expect(slots.inFlight).toBe(16);
  });

  it('of endpoints in trouble are half of all at most, however many there are', () => {
    const slots = createSlots(32);
    const bad = trouble(slots, 100);
    fill(slots, bad);
    fill(slots, bad);
    expect(slots.inFlight).toBe(16);
    fill(slots, ['good']);
    expect(slots.inFlight).toBe(32);
  });

  it('go to endpoints in trouble in turn', () => {
    const slots = createSlots(8);
    const bad = trouble(slots, 6);
    const served = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const rooms = slots.exceptions();
      const now = bad.filter((endpoint) => (rooms.get(endpoint) ?? 8) > 0);
      for (const endpoint of now) served.add(endpoint);
      expect(now.length).toBeLessThanOrEqual(4);
    }
    expect(served.size).toBe(6);
  });

  it('are as many as before for an endpoint that is well again', () => {
    const slots = createSlots(32);
    trouble(slots, 1);
    expect(slots.exceptions().get('bad0')).toBe(2);
    slots.take('bad0');
    slots.free('bad0', GOOD);
    fill(slots, ['bad0']);
    expect(slots.inFlight).toBe(16);
  });
});
