// Events as an application reports them, and the records that the log holds of them.

import { randomUUID } from 'node:crypto';
import { encodeRecord, partitionKeyOf } from '@tollgate/domain';

export function reportedEvent() {
  return {
    id: `req_${randomUUID()}`,
    time: new Date().toISOString(),
    type: 'llm.chat',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    usage: {
      prompt_tokens: 1_213,
      completion_tokens: 318,
      total_tokens: 1_531,
      prompt_tokens_details: { cached_tokens: 1_024, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    status: 'completed',
    stream: true,
    latency_ms: 812,
    metadata: { feature: 'summarize', end_user: 'u_17' },
  };
}

export function logRecord(eventId, body) {
  const timeMs = Date.now();
  const owner = { customerId: 'cus_1', projectId: null, keyId: 'key_1', reporterKeyId: 'key_1' };
  const common = { kind: 'event', eventId, timeMs, receivedAtMs: timeMs, isReplay: false, body };
  return { partitionKey: partitionKeyOf('cus_1', eventId), value: encodeRecord({ ...owner, ...common }) };
}
