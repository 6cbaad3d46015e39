// A kafkajs client that is made at its first use, and made anew after a failure: kafkajs's admin client does not find
// back to a broker that was away, and its producer only on some paths.

import { setTimeout as sleep } from 'node:timers/promises';

/** kafkajs waits for open requests, which a dead broker never answers. */
const CLOSE_TIMEOUT_MS = 5_000;

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

export interface Replaceable<Client> {
  /** Runs the work with a connected client. When it rejects, the next use has another client. */
  use<Answer>(work: (client: Client) => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

interface Incarnation<Client> {
  readonly client: Client;
  readonly connecting: Promise<void>;
  uses: number;
}

export function createReplaceable<Client extends Connectable>(create: () => Client): Replaceable<Client> {
  let current: Incarnation<Client> | undefined;

  function incarnate(): Incarnation<Client> {
    const client = create();
    return { client, connecting: client.connect(), uses: 0 };
  }

  async function end({ client }: Incarnation<Client>): Promise<void> {
    // What cannot be closed in order is gone all the same.
    const closed = client.disconnect().catch(() => undefined);
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  return {
    async use(work) {
      current ??= incarnate();
      const mine = current;
      mine.uses += 1;
      try {
        await mine.connecting;
        return await work(mine.client);
      } catch (error) {
        if (current === mine) current = undefined;
        throw error;
      } finally {
        mine.uses -= 1;
        // The others that use it are not cut off.
        if (current !== mine && mine.uses === 0) void end(mine);
      }
    },
    async close() {
      if (current !== undefined) await end(current);
    },
  };
}
