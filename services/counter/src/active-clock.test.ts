import { expect, it } from 'vitest';
import { createActiveClock } from './active-clock.ts';

it('passes with time that is looked at, and stands still in a gap', () => {
  let realMs = 1_000;
  const clock = createActiveClock(() => realMs, 500);
  realMs += 400;
  expect(clock.now()).toBe(400);
  realMs += 45_000;
  expect(clock.now()).toBe(900);
  realMs += 100;
  expect(clock.now()).toBe(1_000);
});
