// Tokens written to a cache, by how long the entry lives. Anthropic says so in `cache_creation`; gateways pass it on under
// names of their own. An entry of unsaid life is one of five minutes where Claude is served, whose default that is
// (docs.claude.com, "Prompt caching"), and of another life elsewhere.

import type { TokenClass } from '@tollgate/domain';
import { invalidUsage, type UsageMembers } from './usage-members.ts';
import type { UsageContext } from './usage-rules.ts';

export type CacheWrites = Readonly<Partial<Record<TokenClass, bigint>>>;

export function cacheWritesOf(
  written: bigint | undefined,
  lives: { readonly fiveMinutes: bigint | undefined; readonly oneHour: bigint | undefined },
  context: UsageContext,
): CacheWrites {
  const fiveMinutes = lives.fiveMinutes ?? 0n;
  const oneHour = lives.oneHour ?? 0n;
  const rest = written === undefined ? 0n : written - fiveMinutes - oneHour;
  if (rest < 0n) {
    throw invalidUsage(`Cache writes of ${fiveMinutes} and ${oneHour} tokens come to more than the ${written} in all.`);
  }
  return isClaude(context)
    ? { cache_write_5m: fiveMinutes + rest, cache_write_1h: oneHour }
    : { cache_write_5m: fiveMinutes, cache_write_1h: oneHour, cache_write_other: rest };
}

export function livesOf(cacheCreation: UsageMembers): {
  readonly fiveMinutes: bigint | undefined;
  readonly oneHour: bigint | undefined;
} {
  return {
    fiveMinutes: cacheCreation.count('ephemeral_5m_input_tokens'),
    oneHour: cacheCreation.count('ephemeral_1h_input_tokens'),
  };
}

function isClaude({ provider, model }: UsageContext): boolean {
  return provider === 'anthropic' || provider === 'bedrock' || model.toLowerCase().includes('claude');
}
