// A streamed answer, passed on as it comes. Leaving the loop stops the provider, and what came so far is reported.

import process from 'node:process';
import { createTollgate } from '@tollgate/client';

const { TOLLGATE_URL = 'http://localhost:8080', TOLLGATE_KEY } = process.env;
const { OPENAI_URL = 'https://api.openai.com', OPENAI_API_KEY } = process.env;
const WORDS_MAX = Number(process.env.WORDS_MAX ?? 1_000);

const tollgate = createTollgate({ url: TOLLGATE_URL, token: TOLLGATE_KEY });
const request = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Count to a hundred.' }],
  max_completion_tokens: 500,
  stream: true,
  stream_options: { include_usage: true },
};

const res = await tollgate.guardStream(
  { provider: 'openai', model: request.model, input: request, maxOutputTokens: request.max_completion_tokens },
  () =>
    fetch(`${OPENAI_URL}/v1/chat/completions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${OPENAI_API_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    }),
);
if (!res.ok) throw new Error(`The provider answered ${res.status}.`);

let words = 0;
for await (const piece of res.body.pipeThrough(new TextDecoderStream())) {
  process.stdout.write(piece);
  words += piece.split('"content"').length - 1;
  if (words >= WORDS_MAX) break;
}

await tollgate.close();
