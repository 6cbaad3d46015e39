// The place of a record as the counters of limits know it: text that sorts as the places of a partition do.

import type { LogPlace } from './usage.ts';

const EPOCH_DIGITS = 10;
const POSITION_DIGITS = 20;

type Place = Pick<LogPlace, 'epoch' | 'position'>;

export function placeTextOf({ epoch, position }: Place): string {
  return `${String(epoch).padStart(EPOCH_DIGITS, '0')}.${String(position).padStart(POSITION_DIGITS, '0')}`;
}

export function placeOfText(text: string): Place {
  return { epoch: Number(text.slice(0, EPOCH_DIGITS)), position: BigInt(text.slice(EPOCH_DIGITS + 1)) };
}
