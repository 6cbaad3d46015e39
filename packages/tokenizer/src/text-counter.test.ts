import fc from 'fast-check';
import { get_encoding } from 'tiktoken';
import { describe, expect, it } from 'vitest';
import { ENCODINGS } from './model-table.ts';
import { createTextCounter, TEXT_LENGTH_MAX } from './text-counter.ts';

const counter = createTextCounter({ now: () => 0 });
const inTime = 1;

// Pieces that patterns disagree about: contractions, kinds of white space, marks, title case, surrogates, controls.
const awkward = fc.constantFrom(
  ...[
    "'s",
    "'ſ",
    "'LL",
    "'Ve",
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\u0085',
    '\u00a0',
    '\ufeff',
    '\u3000',
    '\u200b',
    '/',
    '//',
  ],
  ...[
    'a',
    'A',
    'ǅ',
    'ʰ',
    'ſ',
    'é',
    'e\u0301',
    '\u0301',
    'ก',
    '中文',
    'の',
    'ß',
    'İ',
    '😀',
    '👩‍👩‍👧',
    '\ud800',
    '\udc00',
  ],
  ...[
    '0',
    '12',
    '345',
    '٣',
    '½',
    'Ⅷ',
    '_',
    '!',
    '<|endoftext|>',
    '<|im_start|>',
    '\0',
    '\u{10ffff}',
    'K',
    'don',
    "don't",
  ],
);
const anyText = fc.oneof(
  fc
    .array(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 40 })
    .map((parts) => parts.join('')),
  // Few letters and no break make long pieces with many equal pairs: what the merge of our own is for.
  fc
    .array(fc.constantFrom('a', 'b', 'A', ' ', '\n', '中'), { minLength: 200, maxLength: 700 })
    .map((parts) => parts.join('')),
  fc.tuple(awkward, fc.integer({ min: 250, max: 600 })).map(([part, times]) => part.repeat(times)),
  fc.array(fc.constantFrom(...'abcdeäöü中日の'), { minLength: 260, maxLength: 600 }).map((parts) => parts.join('')),
);

describe.each(ENCODINGS)('%s', (encoding) => {
  it('counts any text as tiktoken does', { timeout: 60_000 }, () => {
    const tiktoken = get_encoding(encoding);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(counter.count(text, encoding, inTime)).toBe(tiktoken.encode_ordinary(text).length);
      }),
      // Ten megabytes and a hundred thousand strings are compared in test/tokenizer.
      { numRuns: 500 },
    );
    tiktoken.free();
  });
});

it.each(['cl100k_base', 'o200k_base'] as const)(
  'knows the same characters as tiktoken, whatever Unicode version the engine has: %s',
  { timeout: 60_000 },
  (encoding) => {
    const tiktoken = get_encoding(encoding);
    const different: string[] = [];
    // Beyond lie unassigned and private planes; one block of each will do.
    for (let from = 0; from < 0x110000; from += from < 0x40000 ? 256 : 0x10000) {
      const characters = Array.from({ length: 256 }, (_, offset) => String.fromCodePoint(from + offset));
      // As a letter before a mark, between a sign and a letter, and after a number.
      const text = characters.map((character) => `${character}_e\u0301!${character}a1${character}`).join(' ');
      if (counter.count(text, encoding, inTime) !== tiktoken.encode_ordinary(text).length) {
        different.push(from.toString(16));
      }
    }
    tiktoken.free();
    expect(different).toEqual([]);
  },
);

it('takes special tokens for the text that they are', () => {
  expect(counter.count('x<|endoftext|>y<|im_start|>', 'o200k_base', inTime)).toBe(15);
});

it('counts a lone surrogate as U+FFFD', () => {
  expect(counter.count('a\ud800b', 'o200k_base', inTime)).toBe(3);
});

it.each(['a', '_', ' ', '\n', '^', '中', '\u0301', '😀'])(
  'counts a million of %j in one piece within seconds',
  (unit) => {
    const text = unit.repeat(1_000_000 / unit.length);
    const startedAt = performance.now();
    expect(counter.count(text, 'o200k_base', inTime)).toBeGreaterThan(5_000);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  },
);

it('counts a text that it remembers as it counted it first', () => {
  const text = 'Remembered words, '.repeat(20);
  const counts = ['', text, `${text}!`, text].map((each) => counter.count(each, 'o200k_base', inTime));
  const anew = createTextCounter({ now: () => 0 }, { rememberedBytesMax: 0 });
  expect(counts).toEqual(['', text, `${text}!`, text].map((each) => anew.count(each, 'o200k_base', inTime)));
});

it('compares one text in so many, long ones by their beginning', () => {
  const compared: boolean[] = [];
  const shadow = { every: 2, onCompared: ({ isSame }: { readonly isSame: boolean }) => compared.push(isSame) };
  const watched = createTextCounter({ now: () => 0 }, { shadow });
  for (const text of ['one', 'two', 'three', 'a'.repeat(900_000)]) watched.count(text, 'o200k_base', inTime);
  expect(compared).toEqual([true, true]);
});

it('gives up at the deadline, in the middle of one piece too', () => {
  let now = 0;
  const slow = createTextCounter({ now: () => now++ });
  expect(() => slow.count('a'.repeat(1_000_000), 'o200k_base', 10)).toThrow(/too long/);
  expect(() => slow.count('some words '.repeat(200_000), 'o200k_base', 10)).toThrow(/too long/);
});

it('gives up at the deadline between many short texts, not at a first one', () => {
  let now = 0;
  const slow = createTextCounter({ now: () => now++ });
  expect(slow.count('Hi', 'o200k_base', -1)).toBe(1);
  const countMany = (): void => {
    for (let n = 0; n < 10_000; n++) slow.count('Hi', 'o200k_base', -1);
  };
  expect(countMany).toThrow(/too long/);
});

it('refuses texts beyond its bound, and a run that the pattern cannot take', () => {
  expect(() => counter.count('a'.repeat(TEXT_LENGTH_MAX + 1), 'o200k_base', inTime)).toThrow(/not counted/);
  expect(() => counter.count(`${'a'.repeat(TEXT_LENGTH_MAX - 1)}中`, 'o200k_base', inTime)).toThrow(/without a break/);
  expect(counter.count('still counting', 'o200k_base', inTime)).toBe(2);
});
