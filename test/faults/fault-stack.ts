// The whole system with everything that can be done to it: a failing network between its processes and small disks under its
// servers.

import { createApiClient } from '../support/api-client.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { type LogKind, type ServerName, type Stack, type Surroundings, startStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** Only the way of an event to its usage, or also limits, invoices and webhooks. */
export type Extent = 'pipe' | 'whole';

/** What no one else on the machine is sent. */
export const RECEIVER_HOST = '127.0.0.2';

export interface FaultStack extends Stack {
  readonly extent: Extent;
  /** Between the services and each server, and between senders and ingest. */
  readonly links: Readonly<Record<ServerName | 'ingest', TcpProxy>>;
  /** Fails where disks could not be mounted, with the reason. */
  disk(server: ServerName): SmallDisk;
  freeDisks(): Promise<void>;
}

/** Drafts wait for an explicit act. */
export const SELLER = { name: 'The seller', country: 'DE', grace_seconds: null };

const DISK_MEBIBYTES: Readonly<Record<ServerName, number>> = { clickhouse: 1_024, postgres: 768, redis: 256, log: 768 };

const WHOLE_ENV = {
  TOLLGATE_LIMITS_TEND_EVERY_MS: '2000',
  TOLLGATE_LIMITS_RECONCILE_EVERY_MS: '5000',
  TOLLGATE_BILLING_SWEEP_EVERY_MS: '1000',
  TOLLGATE_BILLING_LATE_EVERY_MS: '3000',
  TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: `${RECEIVER_HOST}/32`,
  TOLLGATE_WEBHOOK_HTTP: 'yes',
  TOLLGATE_WEBHOOK_PORTS: 'any',
  TOLLGATE_WEBHOOK_TIMEOUT_MS: '2000',
  TOLLGATE_WEBHOOK_RETRY_SECONDS: Array.from({ length: 50 }, () => '2').join(','),
};

export async function startFaultStack(options: {
  readonly log: LogKind;
  readonly extent: Extent;
}): Promise<FaultStack> {
  const { log, extent } = options;
  const names = ['clickhouse', 'postgres', 'redis', 'log', 'ingest'] as const;
  const links = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await startTcpProxy()] as const)),
  ) as Record<(typeof names)[number], TcpProxy>;
  const disks = new Map<ServerName, SmallDisk>();
  let refusal: unknown;

  const surroundings: Surroundings = {
    async prepareFolder(server, folder) {
      if (extent !== 'whole') return;
      try {
        disks.set(server, await mountSmallDisk(folder, DISK_MEBIBYTES[server]));
      } catch (error) {
        // Everything else can be tried without.
        refusal = error;
      }
    },
    frontPort: (server) => links[server].port,
    listensOn: (server, port) => links[server].connectTo(port),
    async close() {
      for (const link of Object.values(links)) await link.close();
      for (const disk of disks.values()) await disk.unmount();
    },
  };
  const env = extent === 'whole' ? WHOLE_ENV : {};
  const stack = await startStack({ log, env, surroundings, hasOwnLogRedis: log === 'redis-streams' });
  links.ingest.connectTo(Number(new URL(stack.ingest.url).port));
  if (extent === 'whole') {
    await Promise.all([stack.quotas[0].start(), stack.billings[0].start(), stack.webhooks.start()]);
    const api = createApiClient(stack.api.url, stack.operatorKey);
    await api.json(api.put('/v1/organization/billing', SELLER));
  }
  return {
    ...stack,
    extent,
    links,
    disk(server) {
      const disk = disks.get(server);
      if (disk === undefined) {
        throw new Error('A small disk could not be mounted, which takes root on Linux.', { cause: refusal });
      }
      return disk;
    },
    async freeDisks() {
      for (const disk of disks.values()) await disk.free();
    },
  };
}
