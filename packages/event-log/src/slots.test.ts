import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;

test('no more than the count are taken; a slot given back goes to who asked first', async () => {
  const slots = createSlots(1);
  const release = await slots.take(never);
  const order: string[] = [];
  const first = slots.take(never).then((slot) => {
    order.push('first');
    slot?.();
  });
  const second = slots.take(never).then(() => order.push('second'));
  await Promise.resolve();
  expect(order).toEqual([]);
  release?.();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

test('who gives up waiting takes no slot', async () => {
  const slots = createSlots(1);
  const release = await slots.take(never);
  const giving = new AbortController();
  const waiting = slots.take(giving.signal);
  giving.abort();
  await expect(waiting).resolves.toBeUndefined();
  await expect(slots.take(giving.signal)).resolves.toBeUndefined();
  release?.();
  await expect(slots.take(never)).resolves.toBeTypeOf('function');
});
