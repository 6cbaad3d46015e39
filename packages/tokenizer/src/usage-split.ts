// Takes the parts of a total out of it, so that the classes are disjoint and add up to it.

import { TOKEN_CLASSES, type TokenClass, type TokenCounts } from '@tollgate/domain';
import { invalidUsage } from './usage-members.ts';

/** The rest of the total goes to the class `rest`. Parts that come to more than the total are impossible. */
export function splitOff(split: {
  readonly total: bigint;
  /** What the total is called, for the sentence of a refusal. */
  readonly totalName: string;
  readonly rest: TokenClass;
  readonly parts: Readonly<Partial<Record<TokenClass, bigint | undefined>>>;
}): TokenCounts {
  const { total, totalName, rest, parts } = split;
  const counts: Partial<Record<TokenClass, bigint>> = {};
  const sum = addParts(counts, parts);
  if (sum > total) throw invalidUsage(`The parts of ${totalName} come to ${sum}, more than its ${total} tokens.`);
  counts[rest] = total - sum;
  return counts;
}

/** Parts that lie beside each other, with no total to compare them with. Those of no token are left out. */
export function beside(parts: Readonly<Partial<Record<TokenClass, bigint | undefined>>>): TokenCounts {
  const counts: Partial<Record<TokenClass, bigint>> = {};
  addParts(counts, parts);
  return counts;
}

export function addCounts(one: TokenCounts, other: TokenCounts): TokenCounts {
  const sum: Partial<Record<TokenClass, bigint>> = { ...one };
  for (const name of TOKEN_CLASSES) {
    const tokens = other[name];
    if (tokens !== undefined) sum[name] = (sum[name] ?? 0n) + tokens;
  }
  return sum;
}

function addParts(
  counts: Partial<Record<TokenClass, bigint>>,
  parts: Readonly<Partial<Record<TokenClass, bigint | undefined>>>,
): bigint {
  let sum = 0n;
  for (const name of TOKEN_CLASSES) {
    const tokens = parts[name];
    if (tokens === undefined || tokens === 0n) continue;
    if (tokens < 0n) throw invalidUsage(`The parts of the usage leave less than nothing for ${name}.`);
    counts[name] = tokens;
    sum += tokens;
  }
  return sum;
}

/** The tokens of a modality, and how many of them were read from a cache (undefined: not said). */
export interface Modality {
  readonly tokens: bigint;
  readonly cached: bigint | undefined;
}

/**
 * An input that is told by modality, of which a part, of any modality, was read from a cache. Where the cached part is not
 * told by modality it is taken from the text first: a cached prefix begins with instructions.
 */
export function splitModalities(input: {
  readonly total: bigint;
  readonly totalName: string;
  readonly cached: bigint;
  readonly audio: Modality;
  readonly image: Modality;
  readonly video: Modality;
}): TokenCounts {
  const { total, totalName, cached } = input;
  const told = [input.audio, input.image, input.video];
  const text = total - told.reduce((sum, { tokens }) => sum + tokens, 0n);
  if (text < 0n) throw invalidUsage(`The modalities of ${totalName} come to more than its ${total} tokens.`);
  if (cached > total) throw invalidUsage(`${cached} cached tokens are more than the ${total} tokens of ${totalName}.`);
  const said = told.reduce((sum, modality) => sum + (modality.cached ?? 0n), 0n);
  if (said > cached) throw invalidUsage(`The cached modalities come to more than the ${cached} cached tokens.`);
  let unsaid = cached - said;
  const take = (tokens: bigint): bigint => {
    const taken = unsaid < tokens ? unsaid : tokens;
    unsaid -= taken;
    return taken;
  };
  const cachedText = take(text);
  const [cachedImage, cachedVideo, cachedAudio] = [input.image, input.video, input.audio].map((modality) =>
    cachedOf(modality, take),
  );
  const audioRead = cachedAudio ?? 0n;
  return splitOff({
    total,
    totalName,
    rest: 'input',
    parts: {
      cache_read: cachedText + (cachedImage ?? 0n) + (cachedVideo ?? 0n),
      cache_read_audio: audioRead,
      input_audio: input.audio.tokens - audioRead,
      input_image: input.image.tokens - (cachedImage ?? 0n),
      input_video: input.video.tokens - (cachedVideo ?? 0n),
    },
  });
}

function cachedOf({ tokens, cached }: Modality, take: (tokens: bigint) => bigint): bigint {
  const said = cached ?? 0n;
  if (said > tokens) throw invalidUsage(`${said} cached tokens of a modality are more than its ${tokens} tokens.`);
  return said + take(tokens - said);
}
