// Stands in front of ingest and loses answers to events on their way back, as networks do: what was sent has arrived all
// the same.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface LossyFront {
  readonly url: string;
  /** So many answers that are still to come are lost. */
  loseAnswers(count: number): void;
  answersLost(): number;
  close(): Promise<void>;
}

export async function startLossyFront(ingestUrl: string): Promise<LossyFront> {
  let toLose = 0;
  let lost = 0;

  const forward = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '' } = req;
    const body = await buffer(req);
    const answer = await fetch(`${ingestUrl}${url}`, {
      method,
      headers: { Authorization: req.headers.authorization ?? '', 'Content-Type': 'application/json' },
      ...(body.byteLength === 0 ? {} : { body }),
    });
    const text = await answer.text();
    if (toLose > 0 && url === '/v1/events') {
      toLose -= 1;
      lost += 1;
      res.destroy();
      return;
    }
    res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(text);
  };

  const server = createServer((req, res) => {
    forward(req, res).catch(() => res.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    loseAnswers(count) {
      toLose += count;
    },
    answersLost: () => lost,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
