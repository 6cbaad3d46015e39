// Names and addresses come in any script. What language a text is of decides which forms of shared characters are right, in
// which direction it runs and which font is asked first.

import type { Wording } from './page.ts';

/** The scripts that run from right to left; those of the languages of today. */
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** In the order in which they are asked: kana is Japanese alone, Han is shared by three languages. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Devanagari}/u, 'hi'],
];

/** Where Han alone does not say whose it is. */
const HAN_BY_COUNTRY: ReadonlyMap<string, string> = new Map([
  ['JP', 'ja'],
  ['KR', 'ko'],
]);

/** What has no place on a page: controls, and marks that would turn the direction of what stands around them. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}\p{Cn}\p{Co}]/gu;

/** A run without a place to break it would leave its column. */
const UNBROKEN = /[\p{Script=Latin}\p{Nd}\p{Pc}\p{Pd}\p{Po}\p{Sm}\p{Sc}]{29,}/gu;
const BREAK_EVERY = /.{14}(?=.)/gsu;
const MAY_BREAK = '\u200b';

/** `country`: of the party that the text is of. */
export function wordingOf(text: string, country: string | null = null): Wording {
  const shown = text
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(UNBROKEN, (run) => run.replaceAll(BREAK_EVERY, `$&${MAY_BREAK}`));
  return { text: shown, lang: languageOf(shown, country), dir: directionOf(shown) };
}

/** Text that we wrote ourselves. */
export function plain(text: string): Wording {
  return { text, lang: 'en', dir: 'ltr' };
}

/** A text of several lines: its paragraphs, empty ones left out. */
export function paragraphsOf(text: string, country: string | null = null): readonly Wording[] {
  return text
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => wordingOf(line, country));
}

function languageOf(text: string, country: string | null): string {
  const found = SCRIPTS.find(([letters]) => letters.test(text));
  if (found !== undefined) return found[1];
  if (/\p{Script=Han}/u.test(text)) return HAN_BY_COUNTRY.get(country ?? '') ?? 'zh';
  return 'en';
}

/** That of its first letter (Unicode Bidirectional Algorithm, P2 and P3). */
function directionOf(text: string): Wording['dir'] {
  const [first = ''] = /\p{L}/u.exec(text) ?? [];
  return RIGHT_TO_LEFT.test(first) ? 'rtl' : 'ltr';
}
