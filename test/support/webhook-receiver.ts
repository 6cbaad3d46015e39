// A receiver of webhooks on this machine: keeps what came, and answers as it is told to.

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

interface ReceivedWebhook {
  readonly id: string;
  readonly order: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly atMs: number;
}

interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly delayMs?: number;
}

/** Null: none, ever. */
type AnswerTo = (webhook: ReceivedWebhook) => ReceiverAnswer | null;

export interface WebhookReceiver {
  readonly port: number;
  readonly received: ReceivedWebhook[];
  /** 200 at once unless said otherwise. */
  answer: AnswerTo;
  /** Ids that came, each once. */
  ids(): ReadonlySet<string>;
  /** Nobody is there. */
  goDown(): Promise<void>;
  /** On the same port. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(options: {
  readonly host: string;
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const listener: RequestListener = async (req, res) => {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
    const id = headers['webhook-id'] ?? '';
    const webhook = { id, order: Number(headers['tollgate-order']), headers, body, atMs: Date.now() };
    received.push(webhook);
    const answer = receiver.answer(webhook);
    if (answer === null) return;
    if (answer.delayMs !== undefined) await pause(answer.delayMs);
    res.writeHead(answer.status, answer.headers).end(answer.body);
  };
  let server: Server;
  const listen = async (port: number): Promise<number> => {
    server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    server.listen(port, options.host);
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  };
  const goDown = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const port = await listen(options.port ?? 0);
  const receiver: WebhookReceiver = {
    port,
    received,
    answer: () => ({ status: 200 }),
    ids: () => new Set(received.map(({ id }) => id)),
    goDown,
    comeBack: async () => void (await listen(port)),
    close: goDown,
  };
  return receiver;
}
