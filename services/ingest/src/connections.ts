// The open connections, each with its latest request: what has to be known to answer a broken request in its turn, and
// to end connections once their answers are given. Kept per connection, since listening to every request costs more.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

export class Connections {
  readonly #latest = new Map<Duplex, Exchange | undefined>();

  opened(socket: Duplex): void {
    this.#latest.set(socket, undefined);
    socket.once('close', () => this.#latest.delete(socket));
  }

  began(exchange: Exchange): void {
    this.#latest.set(exchange.req.socket, exchange);
  }

  latestOf(socket: Duplex): Exchange | undefined {
    return this.#latest.get(socket);
  }

  /** The answers that are still to be given say that their connection ends. */
  endAfterAnswers(): void {
    for (const exchange of this.#latest.values()) {
      if (exchange !== undefined && !exchange.res.headersSent) exchange.res.shouldKeepAlive = false;
    }
  }
}
