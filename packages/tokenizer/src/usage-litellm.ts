// LiteLLM writes every provider's usage in OpenAI's chat shape: `prompt_tokens` includes Anthropic's cache reads and writes,
// which are repeated beside it under Anthropic's names. Adding those once more is the classic way to bill them twice.
// (docs.litellm.ai, "Prompt Caching", and its type `Usage`.)

import type { Dialect } from './usage-like-openai.ts';

export const liteLlmDialect: Dialect = {
  name: 'litellm',
  providers: ['litellm', 'litellm_proxy'],
  marks: ['cache_creation_input_tokens', 'cache_read_input_tokens'],
  cached: ['cache_read_input_tokens'],
  webSearches: ['server_tool_use.web_search_requests', 'prompt_tokens_details.web_search_requests'],
  ignored: ['cost', 'inference_geo', 'speed', 'server_tool_use.web_fetch_requests'],
};
