// From a provider's own usage object to disjoint token classes, by that provider's rule. A further provider is a file with
// its rule and a line here; one without a line is read as OpenAI's where the object has that shape.

import type { TokenCounts } from '@tollgate/domain';
import { normalizeOpenAiUsage } from './openai-usage.ts';
import type { JsonObject } from './unknown-json.ts';

export interface NormalizedUsage {
  readonly kind: 'usage';
  readonly tokens: TokenCounts;
  readonly webSearches: bigint;
  /** The shape that was read, such as `openai.chat`. */
  readonly rule: string;
}

/** The object cannot be trusted: a reason to keep the event for a person to look at, never to count it as nothing. */
export interface UsageRefusal {
  readonly kind: 'refusal';
  readonly code: 'unknown_usage_shape' | 'invalid_usage';
  /** A sentence. */
  readonly detail: string;
}

type UsageRule = (usage: JsonObject) => NormalizedUsage | UsageRefusal;

const USAGE_RULES: ReadonlyMap<string, UsageRule> = new Map([
  ['openai', normalizeOpenAiUsage],
  ['azure', normalizeOpenAiUsage],
]);

export function normalizeUsage(provider: string, usage: JsonObject): NormalizedUsage | UsageRefusal {
  const rule = USAGE_RULES.get(provider.toLowerCase()) ?? normalizeOpenAiUsage;
  return rule(usage);
}
