import { expect, it } from 'vitest';
import { dateStart, dateText, dayStart, monthStart, toInstant } from './time.ts';

it.each([
  ['UTC', '2026-11-24T09:30:00Z', '2026-11-24T00:00:00.000Z'],
  ['Europe/Berlin', '2026-11-24T23:30:00Z', '2026-11-24T23:00:00.000Z'],
  ['America/New_York', '2026-11-24T03:30:00Z', '2026-11-23T05:00:00.000Z'],
  ['Asia/Kathmandu', '2026-11-24T18:20:00Z', '2026-11-24T18:15:00.000Z'],
])('in %s the day of %s began at %s', (zone, time, start) => {
  expect(toInstant(dayStart(zone, Date.parse(time)))).toBe(start);
});

it('days and months are those of the calendar, also where the clocks change', () => {
  const now = Date.parse('2026-11-02T12:00:00Z');
  expect(toInstant(dayStart('America/New_York', now, 2))).toBe('2026-10-31T04:00:00.000Z');
  expect(toInstant(monthStart('Europe/Berlin', now, 1))).toBe('2026-09-30T22:00:00.000Z');
  expect(toInstant(monthStart('Europe/Berlin', now, 11))).toBe('2025-11-30T23:00:00.000Z');
});

it('a date is read as it is written', () => {
  expect(dateText('Asia/Tokyo', Date.parse('2026-11-24T16:00:00Z'))).toBe('2026-11-25');
  expect(dateStart('Asia/Tokyo', '2026-11-25')).toBe(Date.parse('2026-11-24T15:00:00Z'));
  expect(dateStart('UTC', 'tomorrow')).toBeNull();
});
