// How an encoding cuts text into pieces before it merges bytes: tiktoken's own patterns, written for JavaScript's engine
// so that every piece is the same. `\s` becomes `\p{White_Space}` (JavaScript's `\s` has U+FEFF and lacks U+0085), and
// `(?i:…)` is spelled out; `s` also folds to U+017F (ſ).

import type { EncodingName } from './model-encoding.ts';

const CONTRACTION = "'(?:[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])";
const SPACE = '\\p{White_Space}';
const SPACES = `${SPACE}+(?!\\P{White_Space})|${SPACE}+`;

const GPT2 = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|${SPACES}`;

const CL100K = [
  CONTRACTION,
  '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+',
  '\\p{N}{1,3}',
  ` ?[^${SPACE}\\p{L}\\p{N}]+[\\r\\n]*`,
  `${SPACE}*[\\r\\n]+`,
  SPACES,
].join('|');

const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';

const O200K = [
  `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+(?:${CONTRACTION})?`,
  `[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*(?:${CONTRACTION})?`,
  '\\p{N}{1,3}',
  ` ?[^${SPACE}\\p{L}\\p{N}]+[\\r\\n/]*`,
  `${SPACE}*[\\r\\n]+`,
  SPACES,
].join('|');

const SOURCES: Readonly<Record<EncodingName, string>> = {
  o200k_base: O200K,
  cl100k_base: CL100K,
  p50k_base: GPT2,
  p50k_edit: GPT2,
  r50k_base: GPT2,
  gpt2: GPT2,
};

/** Matches one piece after another: every character of a text is in one. A new object each time: it holds its place. */
export function createSplitPattern(encoding: EncodingName): RegExp {
  return new RegExp(SOURCES[encoding], 'gu');
}
