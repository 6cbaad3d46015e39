// The kafkajs client with the limits that we rely on, and a correction of one of its faults.

import type { Logger } from '@tollgate/runtime';
import kafkajs, { type Kafka, type RetryOptions } from 'kafkajs';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 3_000;

/** Few and short: an append has to be answered within five seconds. */
export const PROMPT_RETRY: RetryOptions = { retries: 3, initialRetryTime: 100, maxRetryTime: 500 };

export interface KafkaClientOptions {
  readonly brokers: readonly string[];
  readonly logger: Logger;
}

export function createKafkaClient({ brokers, logger }: KafkaClientOptions): Kafka {
  silenceIdleTimer();
  return new kafkajs.Kafka({
    clientId: 'tollgate',
    brokers: [...brokers],
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: PROMPT_RETRY,
    // kafkajs calls an error what it then retries; what comes of it is logged by us.
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => {
      return ({ namespace, log }) => logger.debug({ part: namespace, error: log['error'] }, log.message);
    },
  });
}

/**
 * kafkajs 2.2.4 re-arms a timer on every connection whether or not anything waits, with a negative delay: a thousand
 * wake-ups a second, and a `TimeoutNegativeWarning` from newer versions of Node. The timer is needed only while requests
 * wait.
 */
function silenceIdleTimer(): void {
  const original = RequestQueue.prototype.scheduleCheckPendingRequests;
  if (original.name === 'scheduleWhilePending') return;
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhilePending(this: RequestQueue): void {
    if (this.pending.length > 0) original.call(this);
  };
}
