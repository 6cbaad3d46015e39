// Which encoding a model's tokens are counted with. The map is our own: the npm build of tiktoken knows exact names only
// and throws at every fine-tune, and the Python one takes `ft:gpt-4.1` for a gpt-4. Only `get_encoding` is used of it.

export const ENCODINGS = ['o200k_base', 'cl100k_base', 'p50k_base', 'p50k_edit', 'r50k_base', 'gpt2'] as const;

export type EncodingName = (typeof ENCODINGS)[number];

/** What an unknown model is counted with; the count is then an estimate. */
export const DEFAULT_ENCODING: EncodingName = 'o200k_base';

export interface ModelEncoding {
  /** The model without what a gateway or a fine-tune put around its name. */
  readonly model: string;
  readonly encoding: EncodingName;
  /** False when no public encoding is known for the model and the default one stands in. */
  readonly isKnown: boolean;
}

const EXACT: ReadonlyMap<string, EncodingName> = new Map([
  ...names('o200k_base', ['o1', 'o3', 'o4-mini', 'gpt-5', 'gpt-4.1', 'gpt-4o']),
  ...names('cl100k_base', ['gpt-4', 'gpt-3.5-turbo', 'gpt-3.5', 'gpt-35-turbo', 'davinci-002', 'babbage-002']),
  ...names('cl100k_base', ['text-embedding-ada-002', 'text-embedding-3-small', 'text-embedding-3-large']),
  ...names('p50k_base', ['text-davinci-003', 'text-davinci-002', 'davinci-codex', 'cushman-codex']),
  ...names('p50k_edit', ['text-davinci-edit-001', 'code-davinci-edit-001']),
  ...names('r50k_base', ['davinci', 'curie', 'babbage', 'ada', 'text-davinci-001', 'text-curie-001']),
  ...names('r50k_base', ['text-babbage-001', 'text-ada-001']),
  ...names('gpt2', ['gpt2']),
]);

/** The first that fits wins. gpt-oss speaks `o200k_harmony`, which splits and ranks ordinary text as o200k_base does. */
const PREFIXES: readonly (readonly [string, EncodingName])[] = [
  ...names('o200k_base', ['o1-', 'o3-', 'o4-mini-', 'gpt-5', 'gpt-4.5-', 'gpt-4.1-', 'chatgpt-4o-', 'gpt-4o-']),
  ...names('cl100k_base', ['gpt-4-', 'gpt-3.5-turbo-', 'gpt-35-turbo-']),
  ...names('o200k_base', ['gpt-oss-']),
  ...names('p50k_base', ['code-davinci-', 'code-cushman-']),
];

function names(encoding: EncodingName, models: readonly string[]): [string, EncodingName][] {
  return models.map((model) => [model, encoding]);
}

export function encodingOfModel(name: string): ModelEncoding {
  const model = baseModelOf(name);
  const encoding = EXACT.get(model) ?? PREFIXES.find(([prefix]) => model.startsWith(prefix))?.[1];
  return { model, encoding: encoding ?? DEFAULT_ENCODING, isKnown: encoding !== undefined };
}

/**
 * `azure/gpt-4o`, `openai.gpt-5` (Bedrock), `ft:gpt-4o:org::id` and `gpt-4o-2024-08-06.ft-id` (Azure's fine-tunes)
 * without their wrapping.
 */
function baseModelOf(name: string): string {
  const unprefixed = name.slice(name.lastIndexOf('/') + 1).replace(/^openai\./, '');
  const tuned = unprefixed.startsWith('ft:') ? (unprefixed.split(':', 2)[1] ?? '') : unprefixed;
  return tuned.replace(/\.ft-[^.]*$/, '');
}
