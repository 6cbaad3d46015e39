import { expect, it } from 'vitest';
import { RecentCounts } from './recent-counts.ts';

it('forgets what was not asked for, and keeps what was', () => {
  const counts = new RecentCounts(10, (text) => text.length);
  counts.set('kept', 1);
  counts.set('lost', 2);
  counts.set('third', 3);
  expect(counts.get('kept')).toBe(1);
  counts.set('fourth', 4);
  expect([counts.get('kept'), counts.get('lost'), counts.get('fourth')]).toEqual([1, undefined, 4]);
});

it('never holds more than two generations', () => {
  const counts = new RecentCounts(100, (text) => text.length);
  const texts = Array.from({ length: 1_000 }, (_, n) => `text ${n}`.padEnd(10));
  for (const [n, text] of texts.entries()) counts.set(text, n);
  expect(texts.filter((text) => counts.get(text) !== undefined).length).toBeLessThanOrEqual(20);
});
