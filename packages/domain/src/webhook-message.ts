// What a receiver is sent for a fact. The text is made once and kept: what is signed and sent again is the same to the byte.

import { formatTimestamp } from './timestamp.ts';
import type { WebhookMessageType } from './webhook-types.ts';

export interface WebhookMessageContent {
  readonly type: WebhookMessageType;
  /** When it happened. */
  readonly atMs: number;
  /** JSON, as it was written with the fact: numbers of any size stay as they are. */
  readonly dataText: string;
}

/** As the Standard Webhooks specification has it: `type`, `timestamp`, `data`. */
export function webhookBody({ type, atMs, dataText }: WebhookMessageContent): string {
  return `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(formatTimestamp(atMs))},"data":${dataText}}`;
}
