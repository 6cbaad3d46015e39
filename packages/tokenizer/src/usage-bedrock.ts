// Bedrock's Converse API, for all of its models: cache reads and writes are beside `inputTokens`, and the total has them all.
// The cache's counts may come twice, under a shorter and a longer name. (docs.aws.amazon.com, Bedrock API, `TokenUsage`.)

import { cacheWritesOf } from './usage-cache-writes.ts';
import { hasMember, invalidUsage, UsageMembers } from './usage-members.ts';
import type { UsageRule } from './usage-rules.ts';
import { beside } from './usage-split.ts';

const MARKS = [
  'cacheReadInputTokens',
  'cacheWriteInputTokens',
  'cacheReadInputTokenCount',
  'cacheWriteInputTokenCount',
  'cacheDetails',
];

export const bedrockRule: UsageRule = {
  providers: ['bedrock', 'aws', 'aws_bedrock', 'amazon_bedrock', 'bedrock_converse', 'amazon'],
  fits: (usage) => 'inputTokens' in usage || 'outputTokens' in usage,
  isMarked: (usage) => MARKS.some((name) => hasMember(usage, name)),
  read(usage, event) {
    const members = new UsageMembers(usage);
    const input = members.count('input_tokens');
    const output = members.count('output_tokens');
    const cached = members.count('cache_read_input_tokens', 'cache_read_input_token_count') ?? 0n;
    const written = members.count('cache_write_input_tokens', 'cache_write_input_token_count');
    const writes = cacheWritesOf(written, livesOf(members.list('cache_details')), { ...event, provider: 'bedrock' });
    const total = members.count('total_tokens');
    const sum = [cached, ...Object.values(writes)].reduce(
      (all, tokens) => all + tokens,
      (input ?? 0n) + (output ?? 0n),
    );
    if (total !== undefined && total !== sum)
      throw invalidUsage(`totalTokens is ${total}, but the parts come to ${sum}.`);
    members.ignore(['server_tool_usage']);
    return {
      rule: 'bedrock.converse',
      tokens: {
        ...(input === undefined ? {} : { input }),
        ...beside({ cache_read: cached, ...writes }),
        ...(output === undefined ? {} : { output }),
      },
      ...(input === undefined ? { missing: 'input' } : {}),
      ...(input !== undefined && output === undefined && total !== input ? { missing: 'output' } : {}),
      members,
    };
  },
};

function livesOf(details: readonly UsageMembers[]) {
  let [fiveMinutes, oneHour] = [0n, 0n];
  for (const entry of details) {
    const tokens = entry.count('input_tokens') ?? 0n;
    if (entry.text('ttl') === '1h') oneHour += tokens;
    else fiveMinutes += tokens;
  }
  return { fiveMinutes, oneHour };
}
