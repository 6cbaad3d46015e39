// Anthropic, also as Bedrock and Vertex pass it on: `input_tokens` is only what neither was read from a cache nor written to
// one; the input is the sum of the three. Thinking is inside the output. In `iterations` the entries of type `message` are
// what the top level sums up; those of a compaction or an advisor are billed too and are not in it.
// (docs.claude.com, API, "Messages", `usage`; "Prompt caching"; "Compaction": "sum across all entries".)

import type { TokenCounts } from '@tollgate/domain';
import { cacheWritesOf, livesOf } from './usage-cache-writes.ts';
import { hasMember, invalidUsage, UsageMembers } from './usage-members.ts';
import type { UsageContext, UsageRule } from './usage-rules.ts';
import { addCounts, beside, splitOff } from './usage-split.ts';

const MARKS = [
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'server_tool_use',
  'inference_geo',
  'iterations',
];

/** `fallback_message` is the last `message` of a turn that another model finished. */
const SUMMED_UP = ['message', 'fallback_message'];
const BILLED_BESIDE = ['compaction', 'advisor_message'];

export const anthropicRule: UsageRule = {
  providers: [
    'anthropic',
    'claude',
    'bedrock',
    'aws',
    'aws_bedrock',
    'amazon_bedrock',
    'vertex_ai',
    'vertex',
    'google_vertex',
  ],
  fits: (usage) =>
    ['input_tokens', 'output_tokens'].some((name) => name in usage) && !hasMember(usage, 'prompt_tokens'),
  isMarked: (usage) => MARKS.some((name) => hasMember(usage, name)),
  read(usage, event) {
    const context = { ...event, provider: 'anthropic' };
    const members = new UsageMembers(usage);
    const top = readCounts(members, context);
    const { counts, flags } = readIterations(members.list('iterations'), context);
    const tools = members.members('server_tool_use');
    // Fetching is free of charge but for its tokens, which are in the input.
    tools.ignore(['web_fetch_requests']);
    members.ignore(['fallback_credit']);
    const speed = members.text('speed');
    const tier = members.text('service_tier');
    const region = members.text('inference_geo');
    return {
      rule: 'anthropic',
      tokens: counts.reduce(addCounts, top.tokens),
      webSearches: tools.count('web_search_requests') ?? 0n,
      // The fast mode costs more whatever the tier; `priority` is our word for paying to be served sooner.
      serviceTier: speed === 'fast' ? 'priority' : tier,
      region: region === 'not_available' ? '' : region,
      flags,
      ...(top.hasInput ? {} : { missing: 'input' }),
      ...(top.hasInput && !top.hasOutput ? { missing: 'output' } : {}),
      members,
    };
  },
};

interface Counts {
  readonly tokens: TokenCounts;
  readonly hasInput: boolean;
  readonly hasOutput: boolean;
}

function readCounts(members: UsageMembers, context: UsageContext): Counts {
  const input = members.count('input_tokens');
  const output = members.count('output_tokens');
  const cached = members.count('cache_read_input_tokens') ?? 0n;
  const written = members.count('cache_creation_input_tokens');
  const writes = cacheWritesOf(written, livesOf(members.members('cache_creation')), context);
  const thinking = members.members('output_tokens_details').count('thinking_tokens', 'reasoning_tokens');
  const inCache = Object.values(writes).reduce((sum, tokens) => sum + tokens, cached);
  const uncached = uncachedOf(members, { input: input ?? 0n, output: output ?? 0n, inCache });
  return {
    tokens: {
      ...(input === undefined ? {} : { input: uncached }),
      ...beside({ cache_read: cached, ...writes }),
      ...(output === undefined
        ? {}
        : splitOff({ total: output, totalName: 'output_tokens', rest: 'output', parts: { reasoning: thinking } })),
    },
    hasInput: input !== undefined,
    hasOutput: output !== undefined,
  };
}

/**
 * Anthropic gives no total. Whoever adds one, or OpenAI's details, may have put the cache inside the input: the total tells,
 * and without one such an object says two things.
 */
function uncachedOf(
  members: UsageMembers,
  { input, output, inCache }: { readonly input: bigint; readonly output: bigint; readonly inCache: bigint },
): bigint {
  const total = members.count('total_tokens');
  const inside = members.members('input_tokens_details').count('cached_tokens');
  if (total === input + output + inCache || (total === undefined && (inside ?? 0n) === 0n)) return input;
  if (total === input + output && inCache <= input) return input - inCache;
  if (total === undefined) throw invalidUsage('Cached tokens are named both as inside the input and as beside it.');
  throw invalidUsage(`total_tokens is ${total}, but the parts come to ${input + output + inCache}.`);
}

function readIterations(
  iterations: readonly UsageMembers[],
  context: UsageContext,
): { readonly counts: readonly TokenCounts[]; readonly flags: readonly string[] } {
  const counts: TokenCounts[] = [];
  const flags: string[] = [];
  for (const iteration of iterations) {
    const type = iteration.text('type');
    const model = iteration.text('model');
    const read = readCounts(iteration, context);
    if (SUMMED_UP.includes(type)) continue;
    if (!BILLED_BESIDE.includes(type)) {
      flags.push('unknown_iteration');
      continue;
    }
    counts.push(read.tokens);
    // Counted, so that it is not lost, with the event's own model, which is not the one that gave the advice.
    if (type === 'advisor_message') flags.push(`other_model:${nameOf(model)}`);
  }
  return { counts, flags };
}

function nameOf(model: string): string {
  return model.slice(0, 64).replaceAll(/[^\w.:-]/g, '?');
}
