// From facts in the outbox to messages, and to a delivery for each endpoint that listens: all in one transaction, so that a
// fact is either still in the outbox or on its way to everybody.

import type { Accounts, WebhookEndpoint, WebhookMessage } from '@tollgate/accounts';
import { webhookBody } from '@tollgate/domain';
import type { Clock, Failpoint, IdGenerator } from '@tollgate/runtime';

const FACTS_AT_ONCE = 50;

interface FanOutOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly failpoint: Failpoint;
  readonly onQueued: () => void;
}

/** Works off what is in the outbox. */
export function createFanOut(options: FanOutOptions): () => Promise<void> {
  return async () => {
    while ((await fanOut(options)) === FACTS_AT_ONCE);
  };
}

async function fanOut({ accounts, clock, newId, failpoint, onQueued }: FanOutOptions): Promise<number> {
  const { facts, deliveries } = await accounts.transaction(async (records) => {
    const taken = await records.takeFacts(FACTS_AT_ONCE);
    if (taken.length === 0) return { facts: 0, deliveries: 0 };
    const customerIds = new Set(taken.flatMap(({ customerId }) => (customerId === null ? [] : [customerId])));
    const listeners = await records.lockListeners([...customerIds]);
    const messages = taken.map(({ type, customerId, dataText, atMs }): WebhookMessage => {
      return { id: newId('msg'), type, customerId, body: webhookBody({ type, atMs, dataText }), createdAtMs: atMs };
    });
    const queued = messages.flatMap((message) =>
      listeners
        .filter((endpoint) => isTold(endpoint, message))
        .map((endpoint) => ({ id: newId('whd'), messageId: message.id, endpointId: endpoint.id })),
    );
    await records.createWebhookMessages(messages);
    failpoint('messages-made');
    if (queued.length > 0) await records.queueWebhooks(queued, clock.now());
    return { facts: messages.length, deliveries: queued.length };
  });
  if (deliveries > 0) onQueued();
  return facts;
}

function isTold({ customerId, types }: WebhookEndpoint, message: WebhookMessage): boolean {
  const isItsOwn = customerId === null || customerId === message.customerId;
  return isItsOwn && (types === null || types.some((type) => type === message.type));
}
