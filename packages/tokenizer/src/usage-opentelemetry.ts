// OpenTelemetry's attributes of a model call, today's names and those of before: the input includes what was read from and
// written to a cache, the output includes reasoning. Attributes that are not about usage may be sent along.
// (opentelemetry.io, semantic conventions for generative AI, `gen_ai.usage.*`; OpenLLMetry's `llm.usage.*`.)

import type { TokenCounts } from '@tollgate/domain';
import type { JsonObject } from './unknown-json.ts';
import { cacheWritesOf } from './usage-cache-writes.ts';
import { invalidUsage, UsageMembers } from './usage-members.ts';
import type { UsageRule } from './usage-rules.ts';
import { splitOff } from './usage-split.ts';

const PREFIXES = ['gen_ai.usage.', 'llm.usage.'];
const INPUT = ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens'];
const OUTPUT = ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.usage.completion_tokens'];
const SIDES = [...INPUT, ...OUTPUT];
const TOTAL = ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'];
const CACHE_READ = [
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_read_input_tokens',
  'gen_ai.usage.input_tokens.cached',
];
const CACHE_WRITE = [
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.cache_creation_input_tokens',
  'gen_ai.usage.cache_write_input_tokens',
];
const REASONING = [
  'gen_ai.usage.reasoning.output_tokens',
  'gen_ai.usage.reasoning_tokens',
  'gen_ai.usage.output_tokens.reasoning',
];
const SERVICE_TIER = ['openai.response.service_tier', 'gen_ai.openai.response.service_tier'];

export const openTelemetryRule: UsageRule = {
  providers: [],
  fits: (usage) => SIDES.some((name) => name in usage),
  isMarked: () => true,
  read(usage, context) {
    const members = new UsageMembers(usage);
    const input = members.count(...INPUT);
    const output = members.count(...OUTPUT);
    const total = members.count(...TOTAL);
    const cached = members.count(...CACHE_READ);
    const written = members.count(...CACHE_WRITE);
    const reasoning = members.count(...REASONING);
    members.ignoreAllBut(PREFIXES);
    if (total !== undefined && total !== (input ?? 0n) + (output ?? 0n)) {
      throw invalidUsage(`The total is ${total}, but the input and output come to ${(input ?? 0n) + (output ?? 0n)}.`);
    }
    const writes = cacheWritesOf(written, { fiveMinutes: undefined, oneHour: undefined }, context);
    const tokens: TokenCounts = {
      ...(input === undefined
        ? {}
        : splitOff({
            total: input,
            totalName: INPUT[0] ?? '',
            rest: 'input',
            parts: { cache_read: cached, ...writes },
          })),
      ...(output === undefined
        ? {}
        : splitOff({ total: output, totalName: OUTPUT[0] ?? '', rest: 'output', parts: { reasoning } })),
    };
    return {
      rule: 'opentelemetry',
      tokens,
      serviceTier: serviceTierOf(usage),
      kept: Object.fromEntries(Object.entries(usage).filter(([name]) => isAboutUsage(name))),
      ...(input === undefined && total !== output ? { missing: 'input' } : {}),
      ...(output === undefined && total !== input ? { missing: 'output' } : {}),
      members,
    };
  },
};

function isAboutUsage(name: string): boolean {
  return PREFIXES.some((prefix) => name.startsWith(prefix)) || SERVICE_TIER.includes(name);
}

function serviceTierOf(attributes: JsonObject): string {
  const tier = SERVICE_TIER.map((name) => attributes[name]).find((value) => typeof value === 'string');
  return typeof tier === 'string' ? tier : '';
}
