// `/healthz`, `/readyz` and `/metrics`, and nothing else: for services that have no other address.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { OperationsHandler } from './operations.ts';
import type { Closable } from './service.ts';

interface OperationsServer extends Closable {
  readonly port: number;
}

export async function startOperationsServer(options: {
  readonly host: string;
  readonly port: number;
  readonly handle: OperationsHandler;
}): Promise<OperationsServer> {
  const server = createServer({ requestTimeout: 10_000, connectionsCheckingInterval: 5_000 }, (req, res) => {
    if (!options.handle(req, res)) res.writeHead(404).end();
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
