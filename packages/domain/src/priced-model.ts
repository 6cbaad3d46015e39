// Which models a price's pattern names. A provider's dated name finds the price of the undated one, so that a new date does not
// make a model unknown; a price of the dated name itself comes first.

/** `gpt-4o-2024-08-06`, `claude-3-5-sonnet-20241022`, `claude-3-5-sonnet@20240620`, `gpt-5-latest`. Shorter dates are not read: `-0613` may be anything. */
const DATED = /^(.+?)(?:[-@]20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])|-latest)$/;

export const ANY = '*';

/** A name as events give it, in the spellings under which it may have a price. */
export interface ModelNames {
  readonly name: string;
  /** Without its date; the same as `name` where it has none. */
  readonly undated: string;
}

/**
 * Spellings of one seller, who has one list of prices: the names that SDKs, gateways and OpenTelemetry give it. Resellers
 * (Azure, Bedrock, OpenRouter) are others: they set prices of their own.
 */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['claude', 'anthropic_ai'],
  azure: ['azure_openai', 'azure_ai_openai', 'az_ai_openai', 'azure_ai'],
  bedrock: ['aws_bedrock', 'amazon_bedrock', 'bedrock_converse'],
  cohere: ['cohere_chat', 'cohere_ai'],
  deepseek: ['deep_seek'],
  google: [
    'gemini',
    'google_ai',
    'google_genai',
    'google_gemini',
    'google_vertex',
    'vertex_ai',
    'vertexai',
    'gcp_gemini',
    'gcp_gen_ai',
    'gcp_vertex_ai',
  ],
  mistral: ['mistral_ai', 'mistralai'],
  ollama: ['ollama_chat'],
  openai: ['open_ai'],
  openrouter: ['open_router'],
  xai: ['x_ai', 'grok'],
};

const SPELLED = new Map(
  Object.entries(SPELLINGS).flatMap(([provider, spellings]) => spellings.map((name) => [name, provider] as const)),
);

/** One name for each provider, whatever its case and its punctuation. */
export function providerNameOf(provider: string): string {
  if (provider === ANY) return ANY;
  const name = provider.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return SPELLED.get(name) ?? name;
}

/** Case does not tell models apart, and `openai/gpt-4o` of the provider `openai` is its `gpt-4o`. */
export function modelNamesOf(provider: string, model: string): ModelNames {
  const lower = model.toLowerCase();
  const slash = lower.indexOf('/');
  const isPrefixed = slash > 0 && slash < lower.length - 1;
  const isOwnPrefix = isPrefixed && providerNameOf(lower.slice(0, slash)) === providerNameOf(provider);
  const name = isOwnPrefix ? lower.slice(slash + 1) : lower;
  return { name, undated: DATED.exec(name)?.[1] ?? name };
}

/**
 * How closely a pattern in lower case fits, null when it does not: the whole name first, then by the number of characters
 * that it spells out, the undated name before a beginning of the same length, and `*` last.
 */
export function closenessOf(pattern: string, { name, undated }: ModelNames): number | null {
  if (pattern === name) return Number.MAX_SAFE_INTEGER;
  if (pattern === undated) return 2 * pattern.length + 1;
  if (!pattern.endsWith(ANY)) return null;
  const beginning = pattern.slice(0, -1);
  return name.startsWith(beginning) ? 2 * beginning.length : null;
}
