// Groq: OpenAI's chat shape with the times that the parts took. (console.groq.com, API reference, "Create chat completion".)

import type { Dialect } from './usage-like-openai.ts';

export const groqDialect: Dialect = {
  name: 'groq',
  providers: ['groq'],
  marks: ['queue_time', 'prompt_time', 'completion_time'],
  ignored: ['queue_time', 'prompt_time', 'completion_time', 'total_time'],
};
