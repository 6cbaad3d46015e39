// One part of a message's content: text, a picture, a recording, a file.

import { decodeDataUrl } from './data-url.ts';
import { estimateJson } from './estimate.ts';
import { imageTokens } from './openai-images.ts';
import type { PromptCounting } from './prompt-counting.ts';
import { isObject, type JsonObject } from './unknown-json.ts';
import { readWavSeconds } from './wav-duration.ts';

const TEXT_PARTS: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text', 'refusal', 'summary_text']);
const IMAGE_PARTS: ReadonlySet<unknown> = new Set(['image_url', 'input_image']);

/** The API's own documentation and one recorded call: a wav of 6.96 s was 69 tokens. */
const AUDIO_TOKENS_PER_SECOND = 10;
/** Formats that are compressed, taken for 32 kbit/s: 4,000 bytes, 5,334 characters of base64, a second. */
const AUDIO_CHARACTERS_PER_SECOND = 5_334;

export function countPart(part: unknown, counting: PromptCounting): void {
  const { countText, tally } = counting;
  const text = textOfPart(part);
  if (text !== undefined) tally.add(countText(text));
  else if (isObject(part) && IMAGE_PARTS.has(part['type'])) countImage(part, counting);
  else if (isObject(part) && part['type'] === 'input_audio') countAudio(part, counting);
  else tally.addEstimate(estimateJson(part, countText), 'json_text');
}

function textOfPart(part: unknown): string | undefined {
  if (!isObject(part) || !TEXT_PARTS.has(part['type'])) return undefined;
  const text = part['text'] ?? part['refusal'];
  return typeof text === 'string' ? text : undefined;
}

function countImage(part: JsonObject, { model, tally }: PromptCounting): void {
  const image = isObject(part['image_url']) ? part['image_url'] : part;
  const url = image['url'] ?? image['image_url'];
  const { tokens, estimate } = imageTokens(model, { url, detail: image['detail'] });
  if (estimate === undefined) tally.add(tokens);
  else tally.addEstimate(tokens, estimate);
}

function countAudio(part: JsonObject, { tally }: PromptCounting): void {
  const audio = isObject(part['input_audio']) ? part['input_audio'] : part;
  const data = typeof audio['data'] === 'string' ? audio['data'] : '';
  const seconds = readWavSeconds(decodeDataUrl(data)) ?? data.length / AUDIO_CHARACTERS_PER_SECOND;
  const tokens = Math.floor(seconds * AUDIO_TOKENS_PER_SECOND);
  tally.addEstimate(tokens, 'audio_duration');
  tally.audioTokens += tokens;
}
