import { describe, expect, it } from 'vitest';
import { OTHER_SOURCES, type RefusalCount, RefusalTally } from './refusal-tally.ts';

const MINUTE_MS = 60_000;

function createTally(cellsMax = 100) {
  const time = { nowMs: 10 * MINUTE_MS + 5 };
  const written: RefusalCount[] = [];
  const tally = new RefusalTally({
    service: 'api',
    clock: { now: () => time.nowMs },
    sourceOf: (address) => address.replace(/:.*/, '::/64'),
    cellsMax,
  });
  const handOn = () => tally.handOn(async (counts) => void written.push(...counts));
  return { time, tally, written, handOn };
}

const total = (counts: readonly RefusalCount[]) => counts.reduce((sum, { count }) => sum + count, 0n);

describe('RefusalTally', () => {
  it('counts by minute, code, source and key, and hands each refusal on once', async () => {
    const { tally, time, written, handOn } = createTally();
    const refusal = { code: 'invalid_token', address: '192.0.2.1', keyId: null };
    for (const one of [refusal, refusal, { ...refusal, code: 'not_found' }, { ...refusal, keyId: 'key_1' }]) {
      tally.note(one);
    }
    await handOn();
    await handOn();
    tally.note({ ...refusal, address: '2001:db8::1' });
    time.nowMs += MINUTE_MS;
    tally.note(refusal);
    await handOn();
    const cell = { minuteMs: 10 * MINUTE_MS, service: 'api', code: 'invalid_token', source: '192.0.2.1', keyId: null };
    expect(written).toEqual([
      { ...cell, count: 2n },
      { ...cell, code: 'not_found', count: 1n },
      { ...cell, keyId: 'key_1', count: 1n },
      { ...cell, source: '2001::/64', count: 1n },
      { ...cell, minuteMs: 11 * MINUTE_MS, count: 1n },
    ]);
  });

  it('a flood of sources takes the room of one minute, however often it is handed on', async () => {
    const { tally, time, written, handOn } = createTally(10);
    for (let index = 0; index < 1_000; index += 1) {
      tally.note({ code: 'invalid_token', address: `192.0.2.${index}`, keyId: null });
      if (index % 50 === 0) await handOn();
    }
    await handOn();
    expect(new Set(written.map(({ source }) => source)).size).toBe(11);
    expect(total(written)).toBe(1_000n);
    expect(total(written.filter(({ source }) => source === OTHER_SOURCES))).toBe(990n);
    // A source that was there before the flood is still told apart, and the next minute has room again.
    tally.note({ code: 'invalid_token', address: '192.0.2.3', keyId: null });
    time.nowMs += MINUTE_MS;
    tally.note({ code: 'invalid_token', address: '198.51.100.1', keyId: null });
    await handOn();
    expect(written.slice(-2).map(({ source }) => source)).toEqual(['192.0.2.3', '198.51.100.1']);
  });

  it('loses nothing while it cannot be written, and holds no more than its bound', async () => {
    const { tally, time, written, handOn } = createTally(10);
    for (let minute = 0; minute < 30; minute += 1) {
      for (let index = 0; index < 20; index += 1) {
        tally.note({ code: 'not_found', address: `192.0.2.${index}`, keyId: null });
      }
      await expect(tally.handOn(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
      time.nowMs += MINUTE_MS;
    }
    await handOn();
    expect(total(written)).toBe(600n);
    expect(written.length).toBeLessThan(40);
  });
});
