// What has to be done from time to time: removing what is old, and sealing anew what is sealed under a secret on its way out
// or holds a secret whose time is over.

import type { Accounts, WebhookEndpoint } from '@tollgate/accounts';
import { type KeySeal, openEndpoint, sealEndpoint } from '@tollgate/auth';
import type { Clock, Logger } from '@tollgate/runtime';

const REMOVE_EVERY_MS = 60_000;
const REMOVED_AT_ONCE = 500;
const REMOVALS_MAX = 100;
const RESEAL_EVERY_MS = 10 * 60_000;
const ENDPOINTS_AT_ONCE = 500;

interface HouseOptions {
  readonly accounts: Accounts;
  readonly seal: KeySeal;
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function keepHouse(options: HouseOptions) {
  return [
    { name: 'old webhooks', everyMs: REMOVE_EVERY_MS, run: () => removeOld(options) },
    { name: 'sealed endpoints', everyMs: RESEAL_EVERY_MS, run: () => renewSeals(options) },
  ];
}

async function removeOld({ accounts, clock, retentionMs }: HouseOptions): Promise<void> {
  for (let removals = 0; removals < REMOVALS_MAX; removals += 1) {
    const removed = await accounts.removeWebhooks(clock.now() - retentionMs, REMOVED_AT_ONCE);
    if (removed < REMOVED_AT_ONCE) return;
  }
}

async function renewSeals(options: HouseOptions): Promise<void> {
  let after = '';
  for (;;) {
    const page = await options.accounts.webhookEndpoints({ limit: ENDPOINTS_AT_ONCE, after });
    for (const endpoint of page) if (isStale(endpoint, options)) await renewSeal(endpoint.id, options);
    const last = page.at(-1);
    if (last === undefined || page.length < ENDPOINTS_AT_ONCE) return;
    after = last.id;
  }
}

function isStale({ sealed, previousExpiresAtMs }: WebhookEndpoint, { seal, clock }: HouseOptions): boolean {
  return !seal.isCurrent(sealed) || (previousExpiresAtMs !== null && previousExpiresAtMs <= clock.now());
}

async function renewSeal(id: string, { accounts, seal, clock, logger }: HouseOptions): Promise<void> {
  await accounts.transaction(async (records) => {
    const endpoint = await records.lockWebhookEndpoint(id);
    if (endpoint === null) return;
    const secrets = openEndpoint(seal, id, endpoint.sealed);
    if (secrets === null) {
      logger.error(
        { endpoint: id },
        'TOLLGATE_ENCRYPTION_KEY does not open a webhook endpoint: list the secret before it too',
      );
      return;
    }
    const isOver = endpoint.previousExpiresAtMs !== null && endpoint.previousExpiresAtMs <= clock.now();
    await records.updateWebhookEndpoint({
      ...endpoint,
      sealed: sealEndpoint(seal, id, isOver ? { ...secrets, previous: null } : secrets),
      previousExpiresAtMs: isOver ? null : endpoint.previousExpiresAtMs,
    });
  });
}
