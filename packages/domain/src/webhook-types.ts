// What customers and operators can be told of by webhook.

export const WEBHOOK_TYPES = [
  'limit.threshold_reached',
  'quota.exceeded',
  'spend_limit.reached',
  'limit.resolved',
  'limit.projected',
  'key.created',
  'key.rotated',
  'key.revoked',
  'key.leaked',
  'key.unusual_use',
  'usage.dead_lettered',
  'invoice.drafted',
  'invoice.finalized',
  'invoice.voided',
  'credit.low',
  'webhook.disabled',
] as const;

export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** What a test-send sends. Nobody subscribes to it: it goes to the one endpoint that was asked for. */
export const WEBHOOK_TEST_TYPE = 'webhook.test';

export type WebhookMessageType = WebhookType | typeof WEBHOOK_TEST_TYPE;
