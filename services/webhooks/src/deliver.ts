// One attempt of one delivery: opens the endpoint's secrets, checks its URL once more, signs, sends, and says how it went.

import type { ClaimedDelivery } from '@tollgate/accounts';
import { type KeySeal, openEndpoint, type ReceiverRules, readReceiverUrl, signWebhook } from '@tollgate/auth';
import type { WebhookError, WebhookOutcome } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import type { Sender } from './send-request.ts';

export interface Delivered {
  readonly outcome: WebhookOutcome;
  readonly atMs: number;
  readonly durationMs: number;
}

interface DeliverOptions {
  readonly seal: KeySeal;
  readonly receivers: ReceiverRules;
  readonly sender: Sender;
  readonly clock: Clock;
}

export function createDeliver({ seal, receivers, sender, clock }: DeliverOptions) {
  const attempt = async (delivery: ClaimedDelivery, atMs: number): Promise<WebhookOutcome> => {
    const { endpoint, messageId: id, body } = delivery;
    const read = readReceiverUrl(endpoint.url, receivers);
    if (read.kind === 'refused') return failed('forbidden_url');
    const secrets = openEndpoint(seal, endpoint.id, endpoint.sealed);
    if (secrets === null) return failed('secret_not_readable');
    const { secret, previous, headers } = secrets;
    const isRotating = previous !== null && (endpoint.previousExpiresAtMs ?? 0) > atMs;
    const timestamp = Math.floor(atMs / 1_000);
    const bytes = Buffer.from(body);
    return await sender.send({
      url: read.url,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': `${bytes.byteLength}`,
        'user-agent': 'Tollgate-Webhooks',
        'webhook-id': id,
        'webhook-timestamp': `${timestamp}`,
        'webhook-signature': signWebhook({ id, timestamp, body }, isRotating ? [secret, previous] : [secret]),
        'tollgate-order': `${delivery.order}`,
      },
      body: bytes,
    });
  };
  return async (delivery: ClaimedDelivery): Promise<Delivered> => {
    const atMs = clock.now();
    const outcome = await attempt(delivery, atMs);
    return { outcome, atMs, durationMs: Math.max(0, clock.now() - atMs) };
  };
}

function failed(error: WebhookError): WebhookOutcome {
  return { kind: 'failed', error };
}
