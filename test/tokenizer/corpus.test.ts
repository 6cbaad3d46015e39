// Our counting against tiktoken's own on whole texts: more than ten megabytes in fourteen scripts, code and emoji, and a
// hundred thousand strings that no text has. Everything is made from a seed; nothing here is longer without a break than the
// WASM can take.

import { createTextCounter, type EncodingName } from '@tollgate/tokenizer';
import { get_encoding, type Tiktoken } from 'tiktoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { generateCode, generateEmoji, generateHostile, generateScript, SCRIPT_NAMES } from './generate-text.ts';

const CORPUS_BYTES_MIN = 10_000_000;
const TEXT_CHARACTERS = 50_000;
const TEXTS_EACH = 8;
const FUZZ_STRINGS = 100_000;
const SEED = 20_261_124;
const TIMEOUT_MS = 120_000;

const counter = createTextCounter({ now: () => 0 });

describe.each(['o200k_base', 'cl100k_base'] as const)('%s', (encoding) => {
  let tiktoken: Tiktoken;
  beforeAll(() => {
    tiktoken = get_encoding(encoding);
  });
  afterAll(() => tiktoken.free());

  it('counts a corpus of ten megabytes as tiktoken does', { timeout: TIMEOUT_MS }, () => {
    const random = createRandom(SEED);
    const makers: readonly (readonly [string, () => string])[] = [
      ...SCRIPT_NAMES.map((name) => [name, () => generateScript(name, TEXT_CHARACTERS, random)] as const),
      ['code', () => generateCode(TEXT_CHARACTERS, random)],
      ['emoji', () => generateEmoji(TEXT_CHARACTERS, random)],
    ];
    let bytes = 0;
    const different: string[] = [];
    for (const [name, make] of makers) {
      for (let round = 0; round < TEXTS_EACH; round++) {
        const text = make();
        bytes += Buffer.byteLength(text);
        if (countOf(text, encoding) !== tiktoken.encode_ordinary(text).length) different.push(`${name} ${round}`);
      }
    }
    expect(different).toEqual([]);
    expect(bytes).toBeGreaterThan(CORPUS_BYTES_MIN);
  });

  it('counts a hundred thousand hostile strings as tiktoken does', { timeout: TIMEOUT_MS }, () => {
    const random = createRandom(SEED + 1);
    const different: string[] = [];
    for (let n = 0; n < FUZZ_STRINGS; n++) {
      const text = generateHostile(random);
      if (countOf(text, encoding) !== tiktoken.encode_ordinary(text).length) different.push(JSON.stringify(text));
    }
    expect(different).toEqual([]);
  });
});

function countOf(text: string, encoding: EncodingName): number {
  return counter.count(text, encoding, Number.POSITIVE_INFINITY);
}
