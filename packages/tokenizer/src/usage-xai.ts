// xAI: OpenAI's shapes, but in Chat Completions reasoning is beside the completion: 10,120 + 1,499 + 2,809 = 14,428 in all.
// In Responses it is inside. The total tells; where there is none, the shape does. Costs come as ticks.
// (docs.x.ai, "Cost Tracking" and "Live Search": sources are paid for one by one.)

import type { Dialect } from './usage-like-openai.ts';

export const xAiDialect: Dialect = {
  name: 'xai',
  providers: ['xai', 'x_ai', 'grok'],
  marks: ['num_sources_used', 'cost_in_usd_ticks', 'server_side_tool_usage_details', 'num_server_side_tools_used'],
  isChatReasoningBeside: true,
  webSearches: ['num_sources_used', 'server_side_tool_usage_details.web_search_calls'],
  ignored: ['cost_in_usd_ticks', 'cost_in_nano_usd', 'num_server_side_tools_used', 'context_details'],
};
