// The disjoint token classes: each token of an event is in exactly one of them, so that they add up to the total.

export const TOKEN_CLASSES = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_other',
  'cache_read_audio',
  'input_audio',
  'input_image',
  'input_video',
  'tool_input',
  'output',
  'reasoning',
  'output_audio',
  'output_image',
] as const;

export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** What the model was given, and what it made. */
export const OUTPUT_CLASSES: readonly TokenClass[] = ['output', 'reasoning', 'output_audio', 'output_image'];
export const INPUT_CLASSES: readonly TokenClass[] = TOKEN_CLASSES.filter((name) => !OUTPUT_CLASSES.includes(name));

/** Tokens by class, in tokens; an absent class is zero. */
export type TokenCounts = Readonly<Partial<Record<TokenClass, bigint>>>;

/**
 * Where a count came from: `reported` by the provider, `counted` by an exact rule, `estimated` where no exact rule is
 * known.
 */
export const PROVENANCES = ['reported', 'counted', 'estimated'] as const;

export type Provenance = (typeof PROVENANCES)[number];

/** The provenance of each class that the event has. */
export type ProvenanceByClass = Readonly<Partial<Record<TokenClass, Provenance>>>;
