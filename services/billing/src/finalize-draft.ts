// Finalizes a draft whose grace is over. A refusal is kept with the draft, and when it is tried again: soon at first, then at
// longer and longer intervals, since what refuses mostly passes (counting catches up) or waits for somebody (a price).

import type { Accounts } from '@tollgate/accounts';
import { formatTimestamp, type JsonObject } from '@tollgate/domain';
import type { Invoicing } from '@tollgate/invoicing';
import type { Clock, Logger } from '@tollgate/runtime';
import type { BillingMetrics } from './billing-metrics.ts';

export interface FinalizeParts {
  readonly accounts: Pick<Accounts, 'invoice' | 'noteRefusal'>;
  readonly invoicing: Pick<Invoicing, 'finalizeNow'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<BillingMetrics, 'finalized' | 'refused'>;
}

const RETRY_MIN_MS = 2_000;
const RETRY_MAX_MS = 10 * 60_000;

export async function finalizeDraft(parts: FinalizeParts, invoiceId: string): Promise<void> {
  const { accounts, invoicing, clock, logger, metrics } = parts;
  const before = await accounts.invoice(invoiceId);
  // Another process, or a person, was first.
  if (before?.state !== 'draft') return;
  const outcome = await invoicing.finalizeNow({ invoiceId, by: { keyId: null, origin: null } });
  if (outcome.kind === 'finalized') metrics.finalized.inc();
  if (outcome.kind !== 'refused') return;
  const attempts = attemptsOf(before.refusal) + 1;
  const nowMs = clock.now();
  const retryAtMs = nowMs + retryPauseMs(attempts);
  const reasons = outcome.refusals.map(({ code, detail, facts }) => ({ code, detail, facts }));
  for (const { code } of reasons) metrics.refused.inc({ reason: code });
  logger.warn({ invoice: invoiceId, reasons: reasons.map(({ code }) => code), attempts }, 'an invoice was refused');
  await accounts.noteRefusal(invoiceId, {
    ...{ at: formatTimestamp(nowMs), reasons, attempts, retry_at: formatTimestamp(retryAtMs) },
  });
}

export function retryPauseMs(attempts: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempts - 1, 20));
}

function attemptsOf(refusal: JsonObject | null): number {
  const attempts = refusal?.['attempts'];
  return typeof attempts === 'number' ? attempts : 0;
}
