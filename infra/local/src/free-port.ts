// TCP ports of the loopback interface that nobody listens on at this moment.

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections: a client that keeps trying to reach a stopped
// server could be given that server's own port, connect to itself, and keep the server from coming back.
const PORT_MIN = 15_000;
const PORT_MAX = 32_000;
const ATTEMPTS = 200;

export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free port was found between ${PORT_MIN} and ${PORT_MAX}.`);
}

/** Whether nobody listens on the port, on this host's address or on all of them. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
