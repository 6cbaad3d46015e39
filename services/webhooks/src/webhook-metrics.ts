// What the operator can watch: how attempts go, how late they are, and what waits.

import type { WebhookBacklog } from '@tollgate/accounts';
import type { WebhookDecision } from '@tollgate/domain';
import { Counter, Gauge, Histogram, type Registry } from '@tollgate/runtime';

export interface WebhookMetrics {
  observe(attempt: {
    readonly decision: WebhookDecision['kind'];
    readonly durationMs: number;
    /** From when it was due until it was made. */
    readonly delayMs: number;
  }): void;
  report(backlog: WebhookBacklog, nowMs: number): void;
}

const SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const DELAYS = [0.03, 0.1, 0.3, 1, 3, 10, 60, 600, 3_600];

export function createWebhookMetrics(registry: Registry, inFlight: () => number): WebhookMetrics {
  const registers = [registry];
  const attempts = new Counter({
    ...{ name: 'tollgate_webhooks_attempts_total', help: 'Attempts, by what came of them.', registers },
    labelNames: ['outcome'] as const,
  });
  const durations = new Histogram({
    ...{ name: 'tollgate_webhooks_attempt_seconds', help: 'How long attempts take.', registers, buckets: SECONDS },
  });
  const delays = new Histogram({
    ...{ name: 'tollgate_webhooks_delay_seconds', help: 'From due to sent.', registers, buckets: DELAYS },
  });
  const facts = new Gauge({
    name: 'tollgate_webhooks_outbox_facts',
    help: 'Facts that nobody was told of yet.',
    registers,
  });
  const due = new Gauge({
    name: 'tollgate_webhooks_due',
    help: 'Deliveries that are due and not being made.',
    registers,
  });
  const oldest = new Gauge({
    ...{ name: 'tollgate_webhooks_oldest_due_seconds', help: 'How long the oldest of them has been due.', registers },
  });
  new Gauge({
    ...{ name: 'tollgate_webhooks_in_flight', help: 'Attempts being made.', registers },
    collect() {
      this.set(inFlight());
    },
  });
  return {
    observe({ decision, durationMs, delayMs }) {
      attempts.inc({ outcome: decision });
      durations.observe(durationMs / 1_000);
      delays.observe(delayMs / 1_000);
    },
    report(backlog, nowMs) {
      facts.set(backlog.facts);
      due.set(backlog.due);
      oldest.set(backlog.oldestDueAtMs === null ? 0 : Math.max(0, nowMs - backlog.oldestDueAtMs) / 1_000);
    },
  };
}
