// Stands in front of ingest and loses answers on their way back, as networks do: what was sent has arrived all the same.
// Answers `/v1/authorizations` itself, by the contract, with one quota of requests.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface LossyFront {
  readonly url: string;
  /** So many answers to come are lost. */
  loseAnswers(count: number): void;
  answersLost(): number;
  /** How many more requests are authorized. */
  setQuota(requests: number): void;
  /** Reservations that no one released. */
  held(): number;
  close(): Promise<void>;
}

export async function startLossyFront(ingestUrl: string): Promise<LossyFront> {
  const reservations = new Set<string>();
  let toLose = 0;
  let lost = 0;
  let quota = Number.POSITIVE_INFINITY;

  const authorize = (res: ServerResponse): void => {
    const resetsAt = new Date(Date.now() + 60_000).toISOString();
    const limit = { id: 'lim_front', metric: 'requests', window: 'day', amount: 10, remaining: 0 };
    if (quota <= 0) {
      const detail = 'The quota is used up.';
      res.end(JSON.stringify({ allowed: false, code: 'quota_exceeded', detail, limit, resets_at: resetsAt }));
      return;
    }
    quota -= 1;
    const reservation = `res_${randomUUID()}`;
    reservations.add(reservation);
    res.end(JSON.stringify({ allowed: true, reservation, expires_at: resetsAt, limits: [] }));
  };

  const forward = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const answer = await fetch(`${ingestUrl}${req.url}`, {
      method: req.method ?? 'GET',
      headers: { Authorization: req.headers.authorization ?? '', 'Content-Type': 'application/json' },
      body: await buffer(req),
    });
    const text = await answer.text();
    if (toLose > 0) {
      toLose -= 1;
      lost += 1;
      res.destroy();
      return;
    }
    res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(text);
  };

  const server = createServer((req, res) => {
    if (req.method === 'POST' && req.url === '/v1/authorizations') authorize(res);
    else if (req.method === 'DELETE') {
      res.statusCode = reservations.delete(req.url?.split('/').at(-1) ?? '') ? 204 : 404;
      res.end();
    } else forward(req, res).catch(() => res.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    loseAnswers(count) {
      toLose += count;
    },
    answersLost: () => lost,
    setQuota(requests) {
      quota = requests;
    },
    held: () => reservations.size,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
