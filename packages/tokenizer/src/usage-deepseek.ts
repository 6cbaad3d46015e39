// DeepSeek: OpenAI's chat shape; the prompt is what its cache had (`prompt_cache_hit_tokens`) and what it had not.
// (api-docs.deepseek.com, "Create Chat Completion", `usage`, and "Context Caching".)

import type { Dialect } from './usage-like-openai.ts';

export const deepSeekDialect: Dialect = {
  name: 'deepseek',
  providers: ['deepseek', 'deep_seek'],
  marks: ['prompt_cache_hit_tokens', 'prompt_cache_miss_tokens'],
  cached: ['prompt_cache_hit_tokens'],
  uncached: ['prompt_cache_miss_tokens'],
};
