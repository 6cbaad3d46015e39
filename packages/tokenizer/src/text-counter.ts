// Counts the tokens of a text exactly as tiktoken does, special tokens as ordinary text, whatever the text is. The text is
// cut here; pieces seen lately have their count remembered, others go to tiktoken's WASM, and long ones, which it takes
// quadratic time for, to a merge of our own.

import { get_encoding, type Tiktoken } from 'tiktoken';
import { countMergedTokens } from './merge-ranks.ts';
import type { EncodingName } from './model-table.ts';
import { loadRankTable, type RankTable } from './rank-table.ts';
import { RecentCounts } from './recent-counts.ts';
import { createSplitPatterns, type SplitPatterns } from './split-pattern.ts';

/** The longest text that is counted, in UTF-16 units: what a request body of 5 MiB can hold at most. */
export const TEXT_LENGTH_MAX = 5 * 1024 * 1024;

const REMEMBERED_PIECE_LENGTH_MAX = 32;
const REMEMBERED_PIECES_MAX = 20_000;
/** Whole texts: shorter ones are counted as fast as they are found, longer ones come once. */
const REMEMBERED_TEXT_LENGTH_MIN = 64;
const REMEMBERED_TEXT_LENGTH_MAX = 0x10000;
const REMEMBERED_BYTES_MAX = 8 * 1024 * 1024;
/** What a remembered text takes beside its characters. */
const REMEMBERED_TEXT_OVERHEAD_BYTES = 64;
const WASM_PIECE_LENGTH_MAX = 256;
const CHARACTERS_PER_CHECK = 0x10000;
/** What a text costs however short it is, in characters. */
const CHARACTERS_PER_TEXT = 32;

export class TextNotCountable extends Error {
  override readonly name = 'TextNotCountable';
  readonly code: 'text_too_long' | 'count_timeout';

  constructor(code: TextNotCountable['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

export interface TextCounter {
  /**
   * Throws `TextNotCountable` when the text is longer than `TEXT_LENGTH_MAX` or `deadlineMs` (on the clock that the
   * counter was made with) has passed. No Unicode normalization; a lone surrogate counts as U+FFFD.
   */
  count(text: string, encoding: EncodingName, deadlineMs: number): number;
}

/**
 * One text in `every` is counted by tiktoken as a whole too, and what came of it told. Node's Unicode tables change with
 * its versions, and this is what would show that they no longer cut as tiktoken does.
 */
export interface ShadowComparison {
  readonly every: number;
  readonly onCompared: (comparison: { readonly encoding: EncodingName; readonly isSame: boolean }) => void;
}

interface TextCounterOptions {
  readonly shadow?: ShadowComparison;
  /** What whole texts that were counted lately may take, for each encoding; 0 remembers none. */
  readonly rememberedBytesMax?: number;
}

/** Of a longer text its beginning is compared: tiktoken takes some 20 ms for this much without a break. */
const SHADOW_LENGTH_MAX = 4_096;

/**
 * One per thread: an encoder takes some 200 ms and 60 MB, made at the first text in its encoding, and is never freed,
 * since WASM's memory does not shrink.
 */
export function createTextCounter(
  clock: { now(): number },
  { shadow, rememberedBytesMax = REMEMBERED_BYTES_MAX }: TextCounterOptions = {},
): TextCounter {
  const encoders = new Map<EncodingName, Encoder>();
  let texts = 0;
  let unchecked = 0;
  return {
    count(text, encoding, deadlineMs) {
      if (text.length > TEXT_LENGTH_MAX) {
        throw new TextNotCountable(
          'text_too_long',
          `A text of more than ${TEXT_LENGTH_MAX} characters is not counted.`,
        );
      }
      let encoder = encoders.get(encoding);
      if (encoder === undefined) {
        encoder = new Encoder(encoding, rememberedBytesMax);
        encoders.set(encoding, encoder);
      }
      const checkDeadline = (): void => {
        if (clock.now() > deadlineMs) throw new TextNotCountable('count_timeout', 'Counting the text took too long.');
      };
      // Many short texts take as long as a long one; one alone is not given up because the machine was busy.
      unchecked += text.length + CHARACTERS_PER_TEXT;
      if (unchecked > CHARACTERS_PER_CHECK) {
        unchecked = 0;
        checkDeadline();
      }
      const tokens = encoder.count(text, checkDeadline);
      texts++;
      if (shadow !== undefined && texts % shadow.every === 0) {
        shadow.onCompared({ encoding, isSame: encoder.agreesOn(text.slice(0, SHADOW_LENGTH_MAX), checkDeadline) });
      }
      return tokens;
    },
  };
}

class Encoder {
  private readonly encoding: EncodingName;
  private readonly encoder: Tiktoken;
  private readonly patterns: SplitPatterns;
  private table: RankTable | undefined;
  private readonly pieces = new RecentCounts(REMEMBERED_PIECES_MAX, () => 1);
  private readonly texts: RecentCounts | undefined;

  constructor(encoding: EncodingName, rememberedBytesMax: number) {
    this.encoding = encoding;
    this.encoder = get_encoding(encoding);
    this.patterns = createSplitPatterns(encoding);
    if (rememberedBytesMax > 0) this.texts = new RecentCounts(rememberedBytesMax / 2, bytesOf);
  }

  /** System prompts and tools come again with every request. */
  count(text: string, checkDeadline: () => void): number {
    const { length } = text;
    if (this.texts === undefined || length < REMEMBERED_TEXT_LENGTH_MIN || length > REMEMBERED_TEXT_LENGTH_MAX) {
      return this.countText(text, checkDeadline);
    }
    const remembered = this.texts.get(text);
    if (remembered !== undefined) return remembered;
    const tokens = this.countText(text, checkDeadline);
    this.texts.set(text, tokens);
    return tokens;
  }

  countText(text: string, checkDeadline: () => void): number {
    const { exact, quick, strange } = this.patterns;
    const pattern = strange.test(text) ? exact : quick;
    let tokens = 0;
    let checkAt = CHARACTERS_PER_CHECK;
    let start = 0;
    pattern.lastIndex = 0;
    while (start < text.length) {
      const end = endOfPiece(text, pattern);
      tokens += this.countPiece(text.slice(start, end), checkDeadline);
      start = end;
      if (start < checkAt) continue;
      checkDeadline();
      checkAt = start + CHARACTERS_PER_CHECK;
    }
    return tokens;
  }

  /** Whether tiktoken, given the whole text, counts the same. */
  agreesOn(text: string, checkDeadline: () => void): boolean {
    return this.countText(text, checkDeadline) === this.encoder.encode_ordinary(text).length;
  }

  private countPiece(piece: string, checkDeadline: () => void): number {
    if (piece.length <= REMEMBERED_PIECE_LENGTH_MAX) return this.pieces.get(piece) ?? this.countShortPiece(piece);
    if (piece.length <= WASM_PIECE_LENGTH_MAX) return this.encoder.encode_ordinary(piece).length;
    this.table ??= loadRankTable(this.encoding);
    return countMergedTokens(Buffer.from(piece, 'utf8').toString('latin1'), this.table, checkDeadline);
  }

  private countShortPiece(piece: string): number {
    const tokens = this.encoder.encode_ordinary(piece).length;
    this.pieces.set(detached(piece), tokens);
    return tokens;
  }
}

/** At most: V8 keeps texts of Latin letters in one byte for each. */
function bytesOf(text: string): number {
  return 2 * text.length + REMEMBERED_TEXT_OVERHEAD_BYTES;
}

/** From the pattern's place on. V8 gives up at a piece of more than some four million characters. */
function endOfPiece(text: string, pattern: RegExp): number {
  try {
    pattern.test(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TextNotCountable('text_too_long', 'The text has more than four million characters without a break.');
  }
  return pattern.lastIndex;
}

/** A copy: a slice would keep the whole text alive for as long as it is remembered. */
function detached(piece: string): string {
  return Buffer.from(piece, 'utf16le').toString('utf16le');
}
