// Writes down how attempts went: those that end while others are being written go together. An endpoint that is gone, or has
// taken nothing for days, is disabled in the same transaction, and its owner told.

import { setTimeout as pause } from 'node:timers/promises';
import type { AccountRecords, Accounts, FinishedAttempt, WebhookEndpoint } from '@tollgate/accounts';
import { formatTimestamp, isToBeDisabled } from '@tollgate/domain';
import type { Clock, Logger } from '@tollgate/runtime';

const RETRY_PAUSE_MS = 250;

interface NotedAttempt {
  readonly attempt: FinishedAttempt;
  /** The receiver said that it is there no more. */
  readonly isGone: boolean;
  /** Until when the delivery is ours: later, somebody else makes it once more. */
  readonly leaseEndsAtMs: number;
}

interface NotesOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly disableAfterMs: number;
}

/** Resolves when it is written, or when it is too late to write it. As many wait as attempts are made at once. */
export type NoteAttempt = (noted: NotedAttempt) => Promise<void>;

export function createAttemptNotes(options: NotesOptions): NoteAttempt {
  let waiting: { readonly noted: NotedAttempt; readonly done: () => void }[] = [];
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeInTime(
        batch.map(({ noted }) => noted),
        options,
      );
      for (const { done } of batch) done();
    }
    isWriting = false;
  };
  return (noted) =>
    new Promise((done) => {
      waiting.push({ noted, done });
      if (!isWriting) void writeAll();
    });
}

/** Tries again for as long as the deliveries are ours; past that they are due again by themselves. */
async function writeInTime(batch: readonly NotedAttempt[], options: NotesOptions): Promise<void> {
  const { clock, logger } = options;
  const lastMs = Math.max(...batch.map(({ leaseEndsAtMs }) => leaseEndsAtMs));
  for (;;) {
    try {
      await options.accounts.transaction((records) => write(batch, { ...options, records }));
      return;
    } catch (error) {
      const isTooLate = clock.now() >= lastMs;
      logger.warn({ err: error, attempts: batch.length, isTooLate }, 'attempts could not be written down');
      if (isTooLate) return;
      await pause(RETRY_PAUSE_MS);
    }
  }
}

async function write(
  batch: readonly NotedAttempt[],
  { records, clock, disableAfterMs }: NotesOptions & { readonly records: AccountRecords },
): Promise<void> {
  const failing = await records.noteAttempts(batch.map(({ attempt }) => attempt));
  const gone = new Set(batch.filter(({ isGone }) => isGone).map(({ attempt }) => attempt.endpointId));
  for (const id of gone) {
    const endpoint = await records.lockWebhookEndpoint(id);
    if (endpoint !== null) await disable(records, endpoint, 'gone');
  }
  for (const endpoint of failing) {
    if (gone.has(endpoint.id)) continue;
    const when = { nowMs: clock.now(), afterMs: disableAfterMs };
    if (isToBeDisabled(endpoint.health, when)) await disable(records, endpoint, 'failing');
  }
}

/** It is told of nothing any more, so of this neither. */
async function disable(records: AccountRecords, endpoint: WebhookEndpoint, reason: 'gone' | 'failing'): Promise<void> {
  if (!endpoint.isEnabled) return;
  const { id, customerId, url, description, health } = endpoint;
  await records.updateWebhookEndpoint({ ...endpoint, isEnabled: false, disabledReason: reason });
  const facts = {
    reason,
    failing_since: health.failingSinceMs === null ? null : formatTimestamp(health.failingSinceMs),
    failures_in_a_row: health.failuresInARow,
  };
  await records.tell({ type: 'webhook.disabled', customerId, data: { endpoint: { id, url, description }, ...facts } });
  await records.appendAudit({
    action: 'webhook_endpoint.disabled',
    actor: { keyId: null },
    customerId,
    subject: { type: 'webhook_endpoint', id },
    origin: null,
    before: { enabled: true },
    after: { enabled: false, ...facts },
  });
}
