// Text without end from a seed, made rather than stored: words of each script from its letters, the same few often and the many
// seldom as in real text, code, emoji, and strings that no text has.

import type { SeededRandom as Random } from '../support/random.ts';

interface Script {
  /** First and last code point of its letters and of the marks that stand between them. */
  readonly letters: readonly (readonly [number, number])[];
  readonly space: string;
  readonly stops: string;
  readonly wordLengthMax: number;
}

const SCRIPTS: Readonly<Record<string, Script>> = {
  latin: script([
    [0x61, 0x7a],
    [0x61, 0x7a],
    [0xdf, 0xf6],
    [0x100, 0x17f],
  ]),
  cyrillic: script([
    [0x430, 0x44f],
    [0x410, 0x42f],
    [0x450, 0x45f],
  ]),
  greek: script([
    [0x3b1, 0x3c9],
    [0x391, 0x3a1],
    [0x1f00, 0x1f07],
  ]),
  arabic: script(
    [
      [0x627, 0x64a],
      [0x64b, 0x652],
    ],
    { stops: '،؛؟.' },
  ),
  hebrew: script([
    [0x5d0, 0x5ea],
    [0x5b0, 0x5b9],
  ]),
  devanagari: script(
    [
      [0x904, 0x939],
      [0x93e, 0x94d],
    ],
    { stops: '।॥,' },
  ),
  bengali: script(
    [
      [0x985, 0x98c],
      [0x995, 0x9a8],
      [0x9be, 0x9c4],
    ],
    { stops: '।,' },
  ),
  tamil: script([
    [0xb85, 0xb8a],
    [0xb95, 0xb95],
    [0xbae, 0xbb9],
    [0xbbe, 0xbc2],
  ]),
  thai: script(
    [
      [0xe01, 0xe2e],
      [0xe30, 0xe3a],
      [0xe40, 0xe4e],
    ],
    { space: '', wordLengthMax: 12 },
  ),
  han: script(
    [
      [0x4e00, 0x5fff],
      [0x6000, 0x9fa5],
      [0x3400, 0x34ff],
    ],
    { space: '', stops: '。，、！？', wordLengthMax: 4 },
  ),
  kana: script(
    [
      [0x3041, 0x3096],
      [0x30a1, 0x30fa],
      [0x4e00, 0x4fff],
    ],
    { space: '', stops: '。、', wordLengthMax: 7 },
  ),
  hangul: script(
    [
      [0xac00, 0xd7a3],
      [0x1100, 0x1112],
    ],
    { wordLengthMax: 5 },
  ),
  georgian: script([
    [0x10d0, 0x10fa],
    [0x1c90, 0x1cba],
  ]),
  ethiopic: script(
    [
      [0x1200, 0x1248],
      [0x1260, 0x1288],
    ],
    { stops: '።፣' },
  ),
};

export const SCRIPT_NAMES = Object.keys(SCRIPTS);

const VOCABULARY = 3_000;

/** Sentences of a script, until there are `length` characters. */
export function generateScript(name: string, length: number, random: Random): string {
  const script = SCRIPTS[name];
  if (script === undefined) throw new Error(`There is no script ${name}.`);
  const words = Array.from({ length: VOCABULARY }, () => wordOf(script, random));
  const parts: string[] = [];
  for (let written = 0; written < length; ) {
    const part = `${pick(words, seldom(VOCABULARY, random))}${separator(script, random)}`;
    parts.push(part);
    written += part.length;
  }
  return parts.join('');
}

const CODE_WORDS =
  'const let return await async function class import export if else for while try catch throw new this null true def self'.split(
    ' ',
  );
const CODE_SIGNS = [
  '(',
  ')',
  ' {\n',
  '}\n',
  ';\n',
  ' => ',
  '.',
  ', ',
  ' === ',
  ' !== ',
  '[',
  ']',
  '::',
  '->',
  '/*',
  '*/',
  '//',
];

export function generateCode(length: number, random: Random): string {
  const names = Array.from({ length: 500 }, () => {
    const [first, second] = [latinWord(random), latinWord(random)];
    return random.below(2) === 0 ? first + second.charAt(0).toUpperCase() + second.slice(1) : `${first}_${second}`;
  });
  const parts: string[] = [];
  for (let written = 0; written < length; ) {
    const part = oneOf<() => string>(random, [
      () => `${oneOf(random, CODE_WORDS)} `,
      () => pick(names, seldom(names.length, random)),
      () => oneOf(random, CODE_SIGNS),
      () => '\t'.repeat(random.below(5)) + ' '.repeat(random.below(13)),
      () => `${random.below(1_000_000)}`,
      () => `0x${random.below(0xffffff).toString(16)}`,
      () => `"${latinWord(random)} ${latinWord(random)}\\n"`,
      () => '\r\n'.repeat(random.below(3)),
    ])();
    parts.push(part);
    written += part.length;
  }
  return parts.join('');
}

export function generateEmoji(length: number, random: Random): string {
  const parts: string[] = [];
  for (let written = 0; written < length; ) {
    const face = String.fromCodePoint(0x1f300 + random.below(0x3a0));
    const part = oneOf(random, [
      face,
      face + String.fromCodePoint(0x1f3fb + random.below(5)),
      `${face}\u200d${String.fromCodePoint(0x1f466 + random.below(4))}`,
      String.fromCodePoint(0x1f1e6 + random.below(26), 0x1f1e6 + random.below(26)),
      `${random.below(10)}\ufe0f\u20e3`,
      ` ${latinWord(random)} `,
    ]);
    parts.push(part);
    written += part.length;
  }
  return parts.join('');
}

/** What patterns, encodings and Unicode versions disagree about. */
const AWKWARD = [
  ...[
    "'s",
    "'ſ",
    "'LL",
    "'Ve",
    "'RE",
    "'d",
    'don',
    "don't",
    'ǅ',
    'ʰ',
    'ſ',
    'İ',
    'ß',
    'K',
    'e\u0301',
    '\u0301',
    '\u200b',
  ],
  ...[' ', '  ', '\t', '\n', '\n\n', '\r\n', '\u0085', '\u00a0', '\u2028', '\u3000', '\ufeff', '/', '//', '\n/', ' /'],
  ...[
    '0',
    '12',
    '345',
    '6789',
    '٣',
    '½',
    'Ⅷ',
    '〇',
    '_',
    '^',
    '!',
    '...',
    '<|endoftext|>',
    '<|im_start|>',
    '\0',
    '\ufffd',
  ],
  ...['\ud800', '\udc00', '\ud83d', '\u{10ffff}', '\u{1f468}\u200d\u{1f469}', '中文', 'の', 'ก็', 'a', 'A', 'Aa', 'aA'],
];

/** A short string that no text has. */
export function generateHostile(random: Random): string {
  const parts: string[] = [];
  for (let left = 1 + random.below(24); left > 0; left--) {
    const part = oneOf<() => string>(random, [
      () => oneOf(random, AWKWARD),
      () => oneOf(random, AWKWARD),
      () => latinWord(random),
      () => String.fromCodePoint(random.below(0x3000)),
      () => String.fromCharCode(random.below(0x10000)),
      () => String.fromCodePoint(random.below(0x110000)),
      () => wordOf(pick(Object.values(SCRIPTS), random.below(SCRIPT_NAMES.length)), random),
      () => oneOf(random, AWKWARD).repeat(1 + random.below(6)),
    ])();
    parts.push(part);
  }
  // Now and then a run that is long for the WASM, though not too long.
  if (random.below(200) === 0) parts.push(oneOf(random, AWKWARD).repeat(100 + random.below(300)));
  return parts.join('');
}

function script(letters: Script['letters'], given: Partial<Script> = {}): Script {
  return { letters, space: ' ', stops: '.,;:!?', wordLengthMax: 10, ...given };
}

function wordOf({ letters, wordLengthMax }: Script, random: Random): string {
  const length = 1 + random.below(wordLengthMax);
  const points = Array.from({ length }, () => {
    const [first, last] = pick(letters, random.below(letters.length));
    return first + random.below(last - first + 1);
  });
  return String.fromCodePoint(...points);
}

function latinWord(random: Random): string {
  return String.fromCharCode(...Array.from({ length: 1 + random.below(8) }, () => 0x61 + random.below(26)));
}

function separator({ space, stops }: Script, random: Random): string {
  const kind = random.below(30);
  if (kind === 0) return `${stops.charAt(random.below(stops.length))}\n\n`;
  if (kind < 4) return `${stops.charAt(random.below(stops.length))}${space}`;
  if (kind === 4) return `${space}${random.below(10_000)}${space}`;
  return space;
}

/** An index that is small more often than not. */
function seldom(end: number, random: Random): number {
  return Math.floor((random.below(end) * (random.below(end) + 1)) / end);
}

function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  return pick(items, random.below(items.length));
}

function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error('The index is beyond the list.');
  return item;
}
