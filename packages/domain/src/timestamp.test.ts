import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';

describe('parseTimestamp', () => {
  it.each([
    ['2026-11-24T09:30:00.000Z', '2026-11-24T09:30:00.000Z'],
    ['2026-11-24t09:30:00z', '2026-11-24T09:30:00.000Z'],
    ['2026-11-24T09:30:00.123456789+05:30', '2026-11-24T04:00:00.123Z'],
    ['2024-02-29T23:59:59-08:00', '2024-03-01T07:59:59.000Z'],
    ['1990-12-31T23:59:60Z', '1991-01-01T00:00:00.000Z'],
    ['1990-12-31T15:59:60.5-08:00', '1991-01-01T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    const parsed = parseTimestamp(text);
    expect(parsed === undefined ? undefined : formatTimestamp(parsed)).toBe(expected);
  });

  it.each([
    '2026-11-24',
    '2026-11-24T09:30:00',
    '2026-11-24 09:30:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T09:60:00Z',
    '2026-11-24T09:30:61Z',
    '2026-11-24T09:30:00+24:00',
    '2026-11-24T09:30:00.Z',
    '2026-11-24T09:30Z',
    '1764000000',
    '',
    '+002026-11-24T09:30:00Z',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
