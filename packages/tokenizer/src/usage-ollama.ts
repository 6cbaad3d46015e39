// Ollama's own API: counts lie in the last answer itself, among its times. A prompt that was in the cache as a whole is not
// counted by older versions: the count is then absent, which is not zero. (docs.ollama.com, API, "Usage".)

import { hasMember, UsageMembers } from './usage-members.ts';
import type { UsageRule } from './usage-rules.ts';
import { splitOff } from './usage-split.ts';

export const ollamaRule: UsageRule = {
  providers: ['ollama', 'ollama_chat'],
  fits: (usage) => ['prompt_eval_count', 'eval_count'].some((name) => hasMember(usage, name)),
  isMarked: () => true,
  read(usage) {
    const members = new UsageMembers(usage);
    const input = members.count('prompt_eval_count');
    const cached = members.count('prompt_eval_cached_count');
    const output = members.count('eval_count');
    // The whole answer may have been sent: only what counts tokens is usage.
    members.ignoreAllBut(['prompt_eval_', 'eval_']);
    members.ignore(['prompt_eval_duration', 'eval_duration']);
    return {
      rule: 'ollama',
      tokens: {
        ...(input === undefined
          ? {}
          : splitOff({ total: input, totalName: 'prompt_eval_count', rest: 'input', parts: { cache_read: cached } })),
        ...(output === undefined ? {} : { output }),
      },
      ...(input === undefined ? { missing: 'input' } : {}),
      kept: Object.fromEntries(Object.entries(usage).filter(([, value]) => typeof value === 'number')),
      members,
    };
  },
};
