// Cohere, v1 (`meta.billed_units`) and v2 (`usage.billed_units`): what is billed is less than what the model read, since
// Cohere's own preamble is not, so the billed units count. `tokens` stands in where there are none.
// (docs.cohere.com, API, "Chat", `usage`; "How Does Cohere Pricing Work": billed_units.)

import { hasMember, UsageMembers } from './usage-members.ts';
import type { UsageRule } from './usage-rules.ts';

export const cohereRule: UsageRule = {
  providers: ['cohere', 'cohere_chat', 'cohere_ai'],
  fits: (usage) =>
    hasMember(usage, 'billed_units') || (hasMember(usage, 'tokens') && typeof usage['tokens'] === 'object'),
  isMarked: () => true,
  read(usage) {
    const members = new UsageMembers(usage);
    const units = members.members('billed_units');
    const read = members.members('tokens');
    // Cached tokens have no price of their own, and are of `tokens`, not of the billed units.
    members.ignore(['cached_tokens', 'api_version', 'warnings']);
    const readInput = read.count('input_tokens');
    const readOutput = read.count('output_tokens');
    const billedInput = units.count('input_tokens');
    const billedOutput = units.count('output_tokens');
    const image = units.count('image_tokens') ?? 0n;
    const isBilled = billedInput !== undefined || billedOutput !== undefined || image > 0n;
    const input = isBilled ? (billedInput ?? 0n) : readInput;
    const output = isBilled ? billedOutput : readOutput;
    return {
      rule: isBilled ? 'cohere.billed_units' : 'cohere.tokens',
      tokens: {
        ...(input === undefined ? {} : { input }),
        ...(image === 0n ? {} : { input_image: image }),
        ...(output === undefined ? {} : { output }),
      },
      ...(input === undefined ? { missing: 'input' } : {}),
      members,
    };
  },
};
