// Connects a kafkajs client at its first use, and again at the next use when that failed.

import { setTimeout as sleep } from 'node:timers/promises';

const CLOSE_TIMEOUT_MS = 5_000;

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

export interface ConnectedOnce {
  connected(): Promise<void>;
  close(): Promise<void>;
}

export function connectOnce(client: Connectable): ConnectedOnce {
  let connecting: Promise<void> | undefined;
  return {
    connected() {
      connecting ??= client.connect().catch((error: unknown) => {
        connecting = undefined;
        throw error;
      });
      return connecting;
    },
    async close() {
      // kafkajs waits for open requests, which a dead broker never answers.
      await Promise.race([client.disconnect(), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}
