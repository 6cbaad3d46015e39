// Gemini behind Google's OpenAI-compatible address: `completion_tokens` leaves the thoughts out and nothing names them, but the
// total has them. 35 in and 12 out of 109 in all are 62 tokens of thoughts, which are billed as output.
// (ai.google.dev, "OpenAI compatibility"; the arithmetic is that of its answers.)

import type { Dialect } from './usage-like-openai.ts';

export const geminiOpenAiDialect: Dialect = {
  name: 'gemini',
  providers: [
    'google',
    'gemini',
    'google_genai',
    'google_ai_studio',
    'google_vertex',
    'vertex',
    'vertexai',
    'vertex_ai',
    'vertex_ai_language_models',
    'gcp_gemini',
    'gcp_gen_ai',
    'gcp_vertex_ai',
  ],
  isOutputTheRest: true,
};
