// Claims what is due and makes the attempts, as many at once as there are slots. What is claimed is due again by itself some
// time after the longest attempt: a process that dies loses nothing, and what it sent without noting is sent once more.

import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts, ClaimedDelivery } from '@tollgate/accounts';
import { decideWebhook, type WebhookDecision } from '@tollgate/domain';
import type { Clock, Closable, Failpoint, IdGenerator, Logger } from '@tollgate/runtime';
import type { Delivered } from './deliver.ts';
import type { NoteAttempt } from './note-attempts.ts';
import type { Slots } from './slots.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';

/** How long what is due may lie when nobody says that there is something. */
const POLL_MS = 200;
/** At least this long between two claims, so that slots that become free one by one are filled together. */
const CLAIM_PAUSE_MS = 10;
const FAILED_PAUSE_MS = 1_000;
/** Of a claim, beyond the longest that an attempt takes: for writing down how it went. */
const LEASE_MARGIN_MS = 15_000;

interface DispatchOptions {
  readonly accounts: Accounts;
  readonly slots: Slots;
  readonly deliver: (delivery: ClaimedDelivery) => Promise<Delivered>;
  readonly note: NoteAttempt;
  readonly timeoutMs: number;
  readonly pausesMaxMs: readonly number[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: IdGenerator;
  readonly failpoint: Failpoint;
  readonly metrics: WebhookMetrics;
  readonly logger: Logger;
}

export interface Dispatch extends Closable {
  /** Something has become due. */
  wake(): void;
}

export function startDispatch(options: DispatchOptions): Dispatch {
  const { slots, logger } = options;
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let waker = new AbortController();
  const wake = (): void => waker.abort();

  const start = (delivery: ClaimedDelivery, leaseEndsAtMs: number): void => {
    slots.take(delivery.endpoint.id);
    const made = make(delivery, { ...options, leaseEndsAtMs }).finally(() => {
      running.delete(made);
      wake();
    });
    running.add(made);
  };
  const claim = async (): Promise<number> => {
    if (slots.room === 0) return 0;
    const nowMs = options.clock.now();
    const leaseEndsAtMs = nowMs + options.timeoutMs + LEASE_MARGIN_MS;
    const claimed = await options.accounts.claimWebhooks({
      ...{ leaseId: options.newId('lea'), nowMs, leaseEndsAtMs },
      ...{ limit: slots.room, endpointLimit: slots.endpointRoom, exceptions: slots.exceptions() },
    });
    if (claimed.length > 0) options.failpoint('claimed');
    for (const delivery of claimed) start(delivery, leaseEndsAtMs);
    return claimed.length;
  };
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      let pauseMs = POLL_MS;
      waker = new AbortController();
      try {
        if ((await claim()) > 0) pauseMs = 0;
      } catch (error) {
        logger.warn({ err: error }, 'what is due could not be claimed; it is tried again');
        pauseMs = FAILED_PAUSE_MS;
      }
      await pause(CLAIM_PAUSE_MS);
      const either = AbortSignal.any([waker.signal, closing.signal]);
      if (pauseMs > 0) await pause(pauseMs, undefined, { signal: either }).catch(() => undefined);
    }
  };
  const loop = run();
  return {
    wake,
    /** Waits for the attempts that are being made. */
    async close() {
      closing.abort();
      await loop;
      await Promise.all(running);
    },
  };
}

async function make(
  delivery: ClaimedDelivery,
  options: DispatchOptions & { readonly leaseEndsAtMs: number },
): Promise<void> {
  const { slots, clock, metrics, leaseEndsAtMs } = options;
  const { id: deliveryId, leaseId, failures } = delivery;
  const endpointId = delivery.endpoint.id;
  const { outcome, atMs, durationMs } = await options.deliver(delivery);
  options.failpoint('sent');
  const decision = decideWebhook({
    ...{ outcome, failures, pausesMaxMs: options.pausesMaxMs },
    ...{ nowMs: clock.now(), random: options.random() },
  });
  metrics.observe({ decision: decision.kind, durationMs, delayMs: Math.max(0, atMs - delivery.dueAtMs) });
  const status = outcome.kind === 'answered' ? outcome.status : null;
  const error = outcome.kind === 'failed' ? outcome.error : null;
  await options.note({
    attempt: { deliveryId, leaseId, endpointId, atMs, durationMs, status, error, ...becomes(decision) },
    isGone: decision.kind === 'gone',
    leaseEndsAtMs,
  });
  slots.free(endpointId, { isSuccess: decision.kind === 'delivered', durationMs });
}

function becomes(decision: WebhookDecision) {
  switch (decision.kind) {
    case 'delivered':
      return { state: 'delivered', nextAtMs: null } as const;
    case 'retry':
      return { state: 'pending', nextAtMs: decision.nextAtMs } as const;
    case 'failed':
    case 'gone':
      return { state: 'failed', nextAtMs: null } as const;
  }
}
