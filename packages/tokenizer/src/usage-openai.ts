// OpenAI and Azure: everything is inside the two totals. Azure's usage is OpenAI's, word for word.
// (platform.openai.com, API reference, "The chat completion object" and "The response object".)

import type { Dialect } from './usage-like-openai.ts';

export const openAiDialect: Dialect = {
  name: 'openai',
  providers: [
    'openai',
    'azure',
    'azure_openai',
    'azure_ai',
    'azure_ai_openai',
    'azure_ai_inference',
    'text_completion_openai',
  ],
};
