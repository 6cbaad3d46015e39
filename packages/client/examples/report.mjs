// Use that has happened already is reported in the background: the first is waited for until it is safe, the others are sent
// before the program ends by itself.

import process from 'node:process';
import { createTollgate, fromAnthropicMessage } from '@tollgate/client';

const { TOLLGATE_URL = 'http://localhost:8080', TOLLGATE_KEY } = process.env;

const tollgate = createTollgate({
  url: TOLLGATE_URL,
  token: TOLLGATE_KEY,
  // What Tollgate does not take, or did not get, is yours again.
  onRejected: ({ id }, { detail }) => process.stderr.write(`${id} was rejected: ${detail}\n`),
  onUndelivered: (event, reason) => process.stderr.write(`${reason}: ${JSON.stringify(event)}\n`),
});

const message = { type: 'message', model: 'claude-sonnet-4-5', usage: { input_tokens: 10, output_tokens: 5 } };
const { durable } = tollgate.report({ provider: 'anthropic', ...fromAnthropicMessage(message) });
process.stdout.write(`${(await durable).kind}\n`);

for (const pages of [3, 4]) tollgate.report({ type: 'pages.scanned', data: { pages } });
