// The simple rule for what has no exact one: any JSON, as the tokens of its text.

import type { CountText } from './tally.ts';

/** Longer strings without a space are encoded files and the like, not text. */
const OPAQUE_LENGTH_MIN = 1_024;
const SPACE = /\s/;

export function estimateJson(value: unknown, countText: CountText): number {
  if (typeof value === 'string') return countText(value);
  return countText(JSON.stringify(value, (_, member: unknown) => (isOpaque(member) ? '' : member)) ?? '');
}

function isOpaque(value: unknown): boolean {
  return typeof value === 'string' && value.length >= OPAQUE_LENGTH_MIN && !SPACE.test(value);
}
