// Finalizes a page of the drafts whose grace is over. A refusal is kept with the draft, and when it is tried again: soon at
// first, then at longer and longer intervals, since what refuses mostly passes (counting catches up) or waits for somebody (a
// price). Where one draft fails all that were tried with it, each is tried alone.

import type { Accounts, Invoice } from '@tollgate/accounts';
import { formatTimestamp, type JsonObject } from '@tollgate/domain';
import type { FinalizeOutcome, Invoicing } from '@tollgate/invoicing';
import type { Clock, Logger } from '@tollgate/runtime';
import type { BillingMetrics } from './billing-metrics.ts';

export interface FinalizeParts {
  readonly accounts: Pick<Accounts, 'invoice' | 'noteRefusal'>;
  readonly invoicing: Pick<Invoicing, 'finalizeNow' | 'finalizeDue'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<BillingMetrics, 'finalized' | 'refused'>;
}

/** Drafts of a page: some more cost little more to ask about, and their customers are locked meanwhile. */
export const FINALIZED_AT_ONCE = 25;
const BY = { keyId: null, origin: null };
const RETRY_MIN_MS = 2_000;
const RETRY_MAX_MS = 10 * 60_000;
/** What the log of the service explains. */
const FAILED = { code: 'failed', detail: 'The attempt ended with an error of the system.', facts: {} };

export async function finalizeDue(parts: FinalizeParts, page: number, signal: AbortSignal): Promise<void> {
  const { invoicing, logger } = parts;
  const due = { limit: FINALIZED_AT_ONCE, offset: page * FINALIZED_AT_ONCE };
  const done = await invoicing.finalizeDue({ page: due, by: BY });
  if (done.kind === 'done') {
    for (const outcome of done.outcomes) await noteOutcome(parts, outcome);
    return;
  }
  const { error, invoiceIds } = done;
  logger.warn({ err: error, invoices: invoiceIds.length }, 'invoices could not be finalized together');
  for (const invoiceId of invoiceIds) {
    signal.throwIfAborted();
    await finalizeAlone(parts, invoiceId);
  }
}

async function finalizeAlone(parts: FinalizeParts, invoiceId: string): Promise<void> {
  const { accounts, invoicing, logger } = parts;
  try {
    await noteOutcome(parts, await invoicing.finalizeNow({ invoiceId, by: BY }));
  } catch (error) {
    logger.error({ err: error, invoice: invoiceId }, 'an invoice could not be finalized');
    const invoice = await accounts.invoice(invoiceId);
    if (invoice?.state === 'draft') await keepReasons(parts, invoice, [FAILED]);
  }
}

async function noteOutcome(parts: FinalizeParts, outcome: FinalizeOutcome): Promise<void> {
  if (outcome.kind === 'finalized') parts.metrics.finalized.inc();
  if (outcome.kind !== 'refused') return;
  const { invoice, refusals } = outcome;
  const reasons = refusals.map(({ code, detail, facts }) => ({ code, detail, facts }));
  await keepReasons(parts, invoice, reasons);
}

/** The invoice is as it was before the attempt. */
async function keepReasons(
  { accounts, clock, logger, metrics }: FinalizeParts,
  { id, refusal }: Invoice,
  reasons: readonly { readonly code: string; readonly detail: string; readonly facts: JsonObject }[],
): Promise<void> {
  const attempts = attemptsOf(refusal) + 1;
  const nowMs = clock.now();
  const retryAtMs = nowMs + retryPauseMs(attempts);
  for (const { code } of reasons) metrics.refused.inc({ reason: code });
  logger.warn({ invoice: id, reasons: reasons.map(({ code }) => code), attempts }, 'an invoice was refused');
  await accounts.noteRefusal(id, {
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
