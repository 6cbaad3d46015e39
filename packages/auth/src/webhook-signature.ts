// Secrets of webhook endpoints, and signatures by them, as the Standard Webhooks specification has them.

import { createHmac, randomBytes } from 'node:crypto';

/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

export function generateWebhookSecret(): Uint8Array {
  return randomBytes(SECRET_BYTES);
}

/** As the owner gets it. */
export function showWebhookSecret(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`;
}

interface SignedMessage {
  /** `webhook-id`. */
  readonly id: string;
  /** `webhook-timestamp`: of the attempt, in seconds. */
  readonly timestamp: number;
  readonly body: string;
}

/** `webhook-signature`: one for each secret, so that a receiver that knows either of them takes it. */
export function signWebhook(message: SignedMessage, secrets: readonly Uint8Array[]): string {
  const content = `${message.id}.${message.timestamp}.${message.body}`;
  return secrets.map((secret) => `v1,${createHmac('sha256', secret).update(content).digest('base64')}`).join(' ');
}
