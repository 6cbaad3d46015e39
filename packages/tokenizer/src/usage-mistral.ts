// Mistral: OpenAI's chat shape. Cached tokens are inside the prompt and said in one or two places; a request that is a batch
// of prompts says how many there were. (docs.mistral.ai, API, "Chat completion", `UsageInfo`.)

import type { Dialect } from './usage-like-openai.ts';

export const mistralDialect: Dialect = {
  name: 'mistral',
  providers: ['mistral', 'mistral_ai', 'mistralai', 'codestral'],
  marks: ['num_cached_tokens', 'prompt_token_details'],
  cached: ['num_cached_tokens'],
  ignored: ['request_count'],
};
