import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

function startBreaker() {
  const clock = { nowMs: 0 };
  const told: string[] = [];
  const breaker = new CircuitBreaker({
    now: () => clock.nowMs,
    failuresMax: 3,
    pauseMs: 1_000,
    onChange: (state) => told.push(state),
  });
  const fail = (times: number): void => {
    for (let time = 0; time < times; time += 1) breaker.failed(new Error('no'));
  };
  return { breaker, clock, told, fail };
}

describe('a circuit breaker', () => {
  it('lets calls through until some fail in a row, and says so once', () => {
    const { breaker, told, fail } = startBreaker();
    fail(2);
    breaker.succeeded();
    fail(2);
    expect([breaker.admits(), breaker.isAway, told]).toEqual([true, false, []]);
    fail(5);
    expect([breaker.admits(), breaker.isAway, told]).toEqual([false, true, ['away']]);
  });

  it('lets one call try after the pause, and all of them once that one came through', () => {
    const { breaker, clock, told, fail } = startBreaker();
    fail(3);
    clock.nowMs = 999;
    expect(breaker.admits()).toBe(false);
    clock.nowMs = 1_000;
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    breaker.succeeded();
    expect([breaker.admits(), breaker.admits(), told]).toEqual([true, true, ['away', 'back']]);
  });

  it('pauses again when the one that tries fails', () => {
    const { breaker, clock, told, fail } = startBreaker();
    fail(3);
    clock.nowMs = 1_000;
    expect(breaker.admits()).toBe(true);
    fail(1);
    clock.nowMs = 1_999;
    expect(breaker.admits()).toBe(false);
    clock.nowMs = 2_000;
    expect([breaker.admits(), told]).toEqual([true, ['away']]);
  });

  it('tries at once when it is told that the server is there', () => {
    const { breaker, fail } = startBreaker();
    fail(3);
    breaker.letTry();
    expect(breaker.admits()).toBe(true);
  });
});
