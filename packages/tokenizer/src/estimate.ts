// The simple rules for what has no exact one here: they give the right order of magnitude and are marked as estimates.

import type { CountText } from './tally.ts';
import { isObject } from './unknown-json.ts';

/** A picture of 1024 × 1024 in high detail for the models that count tiles of 512: 85 + 4 · 170. */
const IMAGE_TOKENS = 765;
const IMAGE_LOW_DETAIL_TOKENS = 85;

/** Audio is 10 tokens a second, and 16-bit samples at 24 kHz are 48,000 bytes, 64,000 characters of base64, a second. */
const AUDIO_CHARACTERS_PER_TOKEN = 6_400;

/** Longer strings without a space are encoded files and the like, not text. */
const OPAQUE_LENGTH_MIN = 1_024;

/** Any JSON, as the tokens of its text. */
export function estimateJson(value: unknown, countText: CountText): number {
  if (typeof value === 'string') return countText(value);
  return countText(JSON.stringify(value, (_, member) => (isOpaque(member) ? '' : member)) ?? '');
}

/** A part of a message's content that is not text. */
export function estimatePart(part: unknown, countText: CountText): number {
  if (!isObject(part)) return estimateJson(part, countText);
  if (part['type'] === 'image_url' || part['type'] === 'input_image') {
    const image = isObject(part['image_url']) ? part['image_url'] : part;
    return image['detail'] === 'low' ? IMAGE_LOW_DETAIL_TOKENS : IMAGE_TOKENS;
  }
  if (part['type'] === 'input_audio' && isObject(part['input_audio'])) {
    const { data } = part['input_audio'];
    return typeof data === 'string' ? Math.ceil(data.length / AUDIO_CHARACTERS_PER_TOKEN) : 0;
  }
  return estimateJson(part, countText);
}

function isOpaque(value: unknown): boolean {
  return typeof value === 'string' && value.length >= OPAQUE_LENGTH_MIN && !/\s/.test(value);
}
