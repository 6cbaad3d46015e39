// What a request may cost at worst, before it is made. How much of its input will be read from a cache, written to one, or is
// a picture, nobody knows yet; so all of it is taken at the dearest class that has a price for the model, and so is the output.
//
// The prices are those that apply now, with the context band that the input reaches. A request as such costs what the class
// `requests` says, and a search that the model may make what `web_searches` does; how many, whoever asks has to say.

import type { PriceClass } from './price.ts';
import type { PriceBook, PricedContext } from './price-book.ts';
import type { Rate } from './price-choice.ts';
import type { TokenClass } from './token-classes.ts';
import type { UnpricedReason } from './unpriced-reason.ts';

export interface WorstUse extends PricedContext {
  readonly inputTokens: bigint;
  /** Those of `inputTokens` that are of recordings; null: not known, so it may be all of them. */
  readonly inputAudioTokens: bigint | null;
  readonly outputTokens: bigint;
  /** That the model makes at most. */
  readonly webSearches: bigint;
}

export type WorstCost =
  | { readonly kind: 'priced'; readonly costPico: bigint }
  | { readonly kind: 'unpriced'; readonly reason: UnpricedReason; readonly missing: readonly PriceClass[] };

const INPUT: readonly TokenClass[] = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_other',
  'input_image',
  'input_video',
  'tool_input',
];
const INPUT_AUDIO: readonly TokenClass[] = ['input_audio', 'cache_read_audio'];
const OUTPUT: readonly TokenClass[] = ['output', 'reasoning', 'output_audio', 'output_image'];
const PICO_PER_MICRO = 1_000_000n;

/** Tokens that are all of one kind, and the classes that they may turn out to be. */
interface Part {
  readonly tokens: bigint;
  /** Has to have a price; the others count where they have one. */
  readonly plain: TokenClass;
  readonly classes: readonly TokenClass[];
}

export function worstCost(book: PriceBook, use: WorstUse): WorstCost {
  const rates = book.ratesFor(use, use.inputTokens);
  const missing: PriceClass[] = [];
  let costPico = (rates.get('requests')?.amountMicros ?? 0n) * PICO_PER_MICRO;
  for (const { tokens, plain, classes } of partsOf(use)) {
    if (tokens === 0n) continue;
    if (rates.has(plain)) costPico += tokens * dearest(rates, classes);
    else missing.push(plain);
  }
  if (use.webSearches > 0n) {
    const search = rates.get('web_searches');
    if (search === undefined) missing.push('web_searches');
    else costPico += use.webSearches * search.amountMicros * PICO_PER_MICRO;
  }
  const [firstMissing] = missing;
  if (firstMissing === undefined) return { kind: 'priced', costPico };
  return { kind: 'unpriced', reason: book.whyUnpriced(use, firstMissing), missing };
}

function partsOf({ inputTokens, inputAudioTokens, outputTokens }: WorstUse): readonly Part[] {
  const output: Part = { tokens: outputTokens, plain: 'output', classes: OUTPUT };
  if (inputAudioTokens === null) {
    return [{ tokens: inputTokens, plain: 'input', classes: [...INPUT, ...INPUT_AUDIO] }, output];
  }
  return [
    { tokens: inputTokens - inputAudioTokens, plain: 'input', classes: INPUT },
    { tokens: inputAudioTokens, plain: 'input_audio', classes: INPUT_AUDIO },
    output,
  ];
}

function dearest(rates: ReadonlyMap<PriceClass, Rate>, classes: readonly TokenClass[]): bigint {
  return classes.reduce((highest, name) => {
    const amountMicros = rates.get(name)?.amountMicros ?? 0n;
    return amountMicros > highest ? amountMicros : highest;
  }, 0n);
}
