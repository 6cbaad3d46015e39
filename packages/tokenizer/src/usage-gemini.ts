// Gemini, in AI Studio and Vertex, the Live API and Interactions: cached content is inside the prompt; the prompts of tools
// are beside it, thoughts beside the candidates. The details by modality need not add up to the totals, so that the totals
// count and what no modality claims is text.
// (ai.google.dev, API, `UsageMetadata`: the total is the sum of prompt, candidates, tool use and thoughts.)

import type { TokenCounts } from '@tollgate/domain';
import { geminiOpenAiDialect } from './usage-gemini-openai.ts';
import { hasMember, invalidUsage, UsageMembers } from './usage-members.ts';
import type { ReadUsage, UsageRule } from './usage-rules.ts';
import { beside, splitModalities, splitOff } from './usage-split.ts';

interface Names {
  readonly rule: string;
  readonly input: string;
  readonly cached: string;
  readonly toolUse: string;
  readonly output: string;
  readonly thoughts: string;
  readonly total: string;
  /** The tokens of an entry of the details. */
  readonly modalityTokens: string;
  readonly inputDetails: readonly string[];
  readonly cachedDetails: readonly string[];
  readonly outputDetails: readonly string[];
  readonly ignored: readonly string[];
}

const GENERATE: Names = {
  rule: 'gemini',
  input: 'prompt_token_count',
  cached: 'cached_content_token_count',
  toolUse: 'tool_use_prompt_token_count',
  output: 'candidates_token_count',
  thoughts: 'thoughts_token_count',
  total: 'total_token_count',
  modalityTokens: 'token_count',
  // Embeddings say it without the s.
  inputDetails: ['prompt_tokens_details', 'prompt_token_details'],
  cachedDetails: ['cache_tokens_details'],
  outputDetails: ['candidates_tokens_details', 'response_tokens_details'],
  ignored: ['tool_use_prompt_tokens_details', 'initial_prompt_token_count', 'billable_prompt_token_count'],
};
const LIVE: Names = { ...GENERATE, rule: 'gemini.live', output: 'response_token_count' };
const INTERACTIONS: Names = {
  rule: 'gemini.interactions',
  input: 'total_input_tokens',
  cached: 'total_cached_tokens',
  toolUse: 'total_tool_use_tokens',
  output: 'total_output_tokens',
  thoughts: 'total_thought_tokens',
  total: 'total_tokens',
  modalityTokens: 'tokens',
  inputDetails: ['input_tokens_by_modality'],
  cachedDetails: ['cached_tokens_by_modality'],
  outputDetails: ['output_tokens_by_modality'],
  ignored: ['tool_use_tokens_by_modality', 'initial_input_tokens'],
};

/** How a request was paid for on Vertex, as a service tier. */
const TIER_OF_TRAFFIC: Readonly<Record<string, string>> = {
  ON_DEMAND: 'standard',
  ON_DEMAND_PRIORITY: 'priority',
  ON_DEMAND_FLEX: 'flex',
  ON_DEMAND_OFFPEAK: 'offpeak',
  PROVISIONED_THROUGHPUT: 'provisioned',
};

export const geminiRule: UsageRule = {
  providers: geminiOpenAiDialect.providers,
  fits: (usage) =>
    [GENERATE, LIVE, INTERACTIONS].some(({ input, output }) => hasMember(usage, input) || hasMember(usage, output)) ||
    hasMember(usage, GENERATE.total),
  isMarked: () => true,
  read(usage) {
    if (hasMember(usage, INTERACTIONS.input) || hasMember(usage, INTERACTIONS.output)) {
      return readGemini(new UsageMembers(usage), INTERACTIONS);
    }
    return readGemini(new UsageMembers(usage), hasMember(usage, LIVE.output) ? LIVE : GENERATE);
  },
};

function readGemini(members: UsageMembers, names: Names): ReadUsage {
  const input = members.count(names.input);
  const output = members.count(names.output);
  const cached = members.count(names.cached) ?? 0n;
  const toolUse = members.count(names.toolUse) ?? 0n;
  const thoughts = members.count(names.thoughts) ?? 0n;
  const total = members.count(names.total);
  const sum = (input ?? 0n) + (output ?? 0n) + toolUse + thoughts;
  if (total !== undefined && total !== sum) {
    throw invalidUsage(`${names.total} is ${total}, but the parts come to ${sum}.`);
  }
  members.ignore(names.ignored);
  const inputBy = modalitiesOf(members, names.inputDetails, names);
  const cachedBy = modalitiesOf(members, names.cachedDetails, names);
  const outputBy = modalitiesOf(members, names.outputDetails, names);
  const isCachedTold = cachedBy.size > 0;
  const modality = (name: string) => ({
    tokens: inputBy.get(name) ?? 0n,
    cached: isCachedTold ? (cachedBy.get(name) ?? 0n) : undefined,
  });
  const tokens: TokenCounts = {
    ...(input === undefined
      ? {}
      : splitModalities({
          ...{ total: input, totalName: names.input, cached },
          ...{ audio: modality('AUDIO'), image: modality('IMAGE'), video: modality('VIDEO') },
        })),
    ...beside({ tool_input: toolUse, reasoning: thoughts }),
    ...(output === undefined
      ? {}
      : splitOff({
          ...{ total: output, totalName: names.output, rest: 'output' },
          parts: { output_audio: outputBy.get('AUDIO'), output_image: outputBy.get('IMAGE') },
        })),
  };
  return {
    rule: names.rule,
    tokens,
    webSearches: groundedSearchesOf(members),
    serviceTier: members.text('service_tier') || (TIER_OF_TRAFFIC[members.text('traffic_type')] ?? ''),
    ...(input === undefined && total === undefined ? { missing: 'input' } : {}),
    // Embeddings and blocked prompts have no candidates; their total, where there is one, says so.
    ...(output === undefined && total === undefined && thoughts === 0n ? { missing: 'output' } : {}),
    members,
  };
}

/** Tokens by modality. Providers leave the count of an empty one out. */
function modalitiesOf(
  members: UsageMembers,
  details: readonly string[],
  { modalityTokens }: Names,
): ReadonlyMap<string, bigint> {
  const tokens = new Map<string, bigint>();
  for (const entry of members.list(...details)) {
    const modality = entry.text('modality').toUpperCase();
    tokens.set(modality, (tokens.get(modality) ?? 0n) + (entry.count(modalityTokens) ?? 0n));
  }
  return tokens;
}

function groundedSearchesOf(members: UsageMembers): bigint {
  let searches = 0n;
  for (const entry of members.list('grounding_tool_count')) {
    const count = entry.count('count') ?? 0n;
    if (entry.text('type') === 'google_search') searches += count;
  }
  return searches;
}
