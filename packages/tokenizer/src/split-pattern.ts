// How an encoding cuts text into pieces before it merges bytes: tiktoken's own patterns, written for JavaScript's engine
// so that every piece is the same. `\s` becomes `\p{White_Space}` (JavaScript's `\s` has U+FEFF and lacks U+0085), and
// `(?i:…)` is spelled out; `s` also folds to U+017F (ſ).
//
// tiktoken knows the categories of one Unicode version, the engine those of its own. Where a text has a character that the
// two see differently it is cut by our table of tiktoken's version; every other text by the engine's, which is six times
// faster at it.

import type { EncodingName } from './model-table.ts';
import { type Category, membersOf } from './unicode-categories.ts';

/** Matches one piece after another: every character of a text is in one. It holds its place, so it is one user's own. */
export interface SplitPatterns {
  /** For any text. */
  readonly exact: RegExp;
  /** For a text that `strange` finds nothing in. */
  readonly quick: RegExp;
  /** Finds a character that the engine sees differently than tiktoken. */
  readonly strange: RegExp;
}

type Members = (...categories: readonly Category[]) => string;

const CONTRACTION = "'(?:[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])";
const SPACE = '\\p{White_Space}';
const SPACES = `${SPACE}+(?!\\P{White_Space})|${SPACE}+`;

function gpt2(members: Members): string {
  const letter = lettersOf(members);
  const number = members('N');
  return `'s|'t|'re|'ve|'m|'ll|'d| ?[${letter}]+| ?[${number}]+| ?[^${SPACE}${letter}${number}]+|${SPACES}`;
}

function cl100k(members: Members): string {
  const letter = lettersOf(members);
  const number = members('N');
  return [
    CONTRACTION,
    `[^\\r\\n${letter}${number}]?[${letter}]+`,
    `[${number}]{1,3}`,
    ` ?[^${SPACE}${letter}${number}]+[\\r\\n]*`,
    `${SPACE}*[\\r\\n]+`,
    SPACES,
  ].join('|');
}

function o200k(members: Members): string {
  const letter = lettersOf(members);
  const number = members('N');
  const upper = `[${members('Lu', 'Lt', 'Lm', 'Lo', 'M')}]`;
  const lower = `[${members('Ll', 'Lm', 'Lo', 'M')}]`;
  return [
    `[^\\r\\n${letter}${number}]?${upper}*${lower}+(?:${CONTRACTION})?`,
    `[^\\r\\n${letter}${number}]?${upper}+${lower}*(?:${CONTRACTION})?`,
    `[${number}]{1,3}`,
    ` ?[^${SPACE}${letter}${number}]+[\\r\\n/]*`,
    `${SPACE}*[\\r\\n]+`,
    SPACES,
  ].join('|');
}

const SOURCES: Readonly<Record<EncodingName, (members: Members) => string>> = {
  o200k_base: o200k,
  cl100k_base: cl100k,
  p50k_base: gpt2,
  p50k_edit: gpt2,
  r50k_base: gpt2,
  gpt2,
};

const CATEGORIES = ['Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'M', 'N'] as const satisfies readonly Category[];

function lettersOf(members: Members): string {
  return members('Lu', 'Ll', 'Lt', 'Lm', 'Lo');
}

function membersOfEngine(...categories: readonly Category[]): string {
  return categories.map((category) => `\\p{${category}}`).join('');
}

/** The class of what one side has and the other lacks; the engine works it out once. */
function differenceSource(): string {
  const differences = CATEGORIES.map((category) => {
    const [ours, engines] = [`[${membersOf(category)}]`, `\\p{${category}}`];
    return `[${ours}--${engines}][${engines}--${ours}]`;
  });
  return `[${differences.join('')}]`;
}

export function createSplitPatterns(encoding: EncodingName): SplitPatterns {
  const source = SOURCES[encoding];
  return {
    exact: new RegExp(source(membersOf), 'gu'),
    quick: new RegExp(source(membersOfEngine), 'gu'),
    strange: new RegExp(differenceSource(), 'v'),
  };
}
