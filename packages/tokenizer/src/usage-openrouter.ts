// OpenRouter: OpenAI's shapes for every model, Anthropic's too, whose cache reads and writes it puts inside the prompt. What
// OpenRouter charged for it is not what we charge. (openrouter.ai/docs, "Usage Accounting".)

import type { Dialect } from './usage-like-openai.ts';

export const openRouterDialect: Dialect = {
  name: 'openrouter',
  providers: ['openrouter', 'open_router'],
  marks: ['is_byok', 'cost_details', 'server_tool_use_details'],
  webSearches: ['server_tool_use.web_search_requests', 'server_tool_use_details.web_search_requests'],
  ignored: [
    'cost',
    'cost_details',
    'is_byok',
    'speed',
    'server_tool_use_details.tool_calls_requested',
    'server_tool_use_details.tool_calls_executed',
  ],
};
