// Which encoding a model's tokens are counted with. The map is our own: the npm build of tiktoken knows exact names only
// and throws at every fine-tune, and the Python one takes `ft:gpt-4.1` for a gpt-4. Only `get_encoding` is used of it.

import { ENCODINGS, type EncodingName, MODEL_PREFIXES, MODELS } from './model-table.ts';

/** What an unknown model is counted with; the count is then an estimate. */
export const DEFAULT_ENCODING: EncodingName = 'o200k_base';

export interface ModelEncoding {
  /** The model without what a gateway or a fine-tune put around its name. */
  readonly model: string;
  readonly encoding: EncodingName;
  /** False when no public encoding is known for the model and the default one stands in. */
  readonly isKnown: boolean;
}

/**
 * Names that say nothing about the model, such as those of Azure's deployments, and the models that they stand for. The
 * names are lower case.
 */
export type ModelAliases = Readonly<Record<string, string>>;

const EXACT: ReadonlyMap<string, EncodingName> = new Map(
  ENCODINGS.flatMap((encoding) => MODELS[encoding].map((model) => [model, encoding] as const)),
);

const PREFIXES = ENCODINGS.flatMap((encoding) => MODEL_PREFIXES[encoding].map((prefix) => ({ prefix, encoding }))).sort(
  (one, other) => other.prefix.length - one.prefix.length,
);

/** Longer names are nobody's model. */
const NAME_LENGTH_MAX = 256;

export function encodingOfModel(name: string, aliases: ModelAliases = {}): ModelEncoding {
  const model = baseModelOf(aliasedName(name, aliases));
  const encoding = EXACT.get(model) ?? PREFIXES.find(({ prefix }) => model.startsWith(prefix))?.encoding;
  return { model, encoding: encoding ?? DEFAULT_ENCODING, isKnown: encoding !== undefined };
}

/** By the whole name, else by what follows a provider's prefix. */
function aliasedName(name: string, aliases: ModelAliases): string {
  const lower = name.slice(0, NAME_LENGTH_MAX).toLowerCase();
  for (const candidate of [lower, lower.slice(lower.lastIndexOf('/') + 1)]) {
    if (Object.hasOwn(aliases, candidate)) return (aliases[candidate] ?? lower).toLowerCase();
  }
  return lower;
}

/**
 * `azure/gpt-4o`, `us.openai.gpt-oss-120b-1:0` (Bedrock), `ft:gpt-4o:org::id`, `gpt-4o-2024-08-06.ft-id` (Azure's fine-tunes) and
 * `gpt-4o:extended` (a router's variant) without their wrapping.
 */
function baseModelOf(name: string): string {
  const unprefixed = name.slice(name.lastIndexOf('/') + 1).replace(/^(?:[a-z]{2,6}\.)?openai\./, '');
  // A fine-tune may itself be tuned further; what it began as is what counts.
  const tuned = unprefixed.startsWith('ft:') ? (unprefixed.split(':', 2)[1] ?? '') : unprefixed;
  if (EXACT.has(tuned) || /^(davinci|babbage):/.test(tuned)) return tuned;
  return tuned.replace(/\.ft-[^.]*$/, '').replace(/:.*$/, '');
}
