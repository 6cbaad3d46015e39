// Searches of the web in an answer of OpenAI's Responses API: each is an item of the output and is paid for by itself, but
// the usage does not count them. Opening a page and looking into it are free.
// (platform.openai.com, "Web search", "Output and citations"; "Pricing", "Built-in tools".)

import { isObject } from './unknown-json.ts';

/** Of `{output: [items]}`, or of the list of items. */
export function webSearchesIn(output: unknown): bigint {
  const items: unknown = isObject(output) ? output['output'] : output;
  if (!Array.isArray(items)) return 0n;
  return BigInt(items.filter(isSearch).length);
}

function isSearch(item: unknown): boolean {
  if (!isObject(item) || item['type'] !== 'web_search_call' || item['status'] === 'failed') return false;
  const { action } = item;
  return !isObject(action) || action['type'] === undefined || action['type'] === 'search';
}
