import process from 'node:process';
import { createTollgate, LimitExceeded } from '@tollgate/client';

const { TOLLGATE_URL = 'http://localhost:8080', TOLLGATE_KEY } = process.env;
const { OPENAI_URL = 'https://api.openai.com', OPENAI_API_KEY } = process.env;

const tollgate = createTollgate({ url: TOLLGATE_URL, token: TOLLGATE_KEY });
const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Say good day.' }], max_completion_tokens: 100 };

try {
  const answer = await tollgate.guard(
    { provider: 'openai', model: request.model, input: request, maxOutputTokens: request.max_completion_tokens },
    async () => {
      const res = await fetch(`${OPENAI_URL}/v1/chat/completions`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${OPENAI_API_KEY}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(request),
      });
      if (!res.ok) throw new Error(`The provider answered ${res.status}.`);
      return res.json();
    },
  );
  process.stdout.write(`${answer.choices[0].message.content}\n`);
} catch (error) {
  if (!(error instanceof LimitExceeded)) throw error;
  process.stdout.write(`${error.detail} There is room again: ${error.resetsAt?.toISOString() ?? 'not known when'}.\n`);
}

await tollgate.close();
