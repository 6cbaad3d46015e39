// A model API such as the client's users call: OpenAI's chat, whole or streamed, of known counts; and one that breaks off.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

export interface ModelApi {
  readonly url: string;
  close(): Promise<void>;
}

/** Of every whole answer. */
export const MODEL_USAGE = { prompt_tokens: 9, completion_tokens: 100, total_tokens: 109 };
/** Of a streamed answer: one token each. */
const WORDS = Array.from({ length: 100 }, (_, index) => ` ${index % 10}`);
/** After so many words the model `breaks` breaks. */
export const WORDS_BEFORE_BREAK = 10;
const MODEL = 'gpt-4o-2024-08-06';

export async function startModelApi(): Promise<ModelApi> {
  const server = createServer(async (req, res) => {
    const request = (await json(req)) as { readonly model: string; readonly stream?: boolean };
    if (request.model === 'down') res.writeHead(500).end();
    else if (request.stream === true) await stream(res, request.model === 'breaks');
    else {
      const message = { role: 'assistant', content: 'Good day.' };
      const answer = { object: 'chat.completion', model: MODEL, choices: [{ index: 0, message }], usage: MODEL_USAGE };
      res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function stream(res: ServerResponse, isBreaking: boolean): Promise<void> {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const send = (fields: object): void => {
    const chunk = { object: 'chat.completion.chunk', id: 'c', model: MODEL, ...fields };
    res.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const [index, content] of WORDS.entries()) {
    if (isBreaking && index === WORDS_BEFORE_BREAK) return void res.destroy();
    if (res.closed) return;
    send({ choices: [{ index: 0, delta: { content }, finish_reason: null }], usage: null });
    // So that each comes by itself.
    await pause(2);
  }
  send({ choices: [], usage: MODEL_USAGE });
  res.end('data: [DONE]\n\n');
}
