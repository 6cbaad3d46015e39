// Finalizes drafts whose time has come, some at once: one transaction, questions that are asked together, and each invoice as
// exact as if it were alone.

import type { DuePage } from '@tollgate/accounts';
import { askTogether } from './ask-together.ts';
import { conclude, type FinalizeOutcome, judge } from './finalize.ts';
import type { Act, InvoicingParts } from './parts.ts';
import { sharedReads } from './shared-reads.ts';
import { waitUntilCounted } from './wait-until-counted.ts';

export type DueOutcome =
  | { readonly kind: 'done'; readonly outcomes: readonly FinalizeOutcome[] }
  /** None of them was finalized: one may be what failed all. */
  | { readonly kind: 'failed'; readonly invoiceIds: readonly string[]; readonly error: unknown };

export async function finalizeDue(
  parts: InvoicingParts,
  { page, by }: { readonly page: DuePage; readonly by: Act },
): Promise<DueOutcome> {
  const { accounts, clock, failpoint, warehouse } = parts;
  const atMs = clock.now();
  if ((await accounts.draftsToFinalize(atMs, 1)).length === 0) return { kind: 'done', outcomes: [] };
  await waitUntilCounted(parts, atMs);
  let invoiceIds: readonly string[] = [];
  try {
    const outcomes = await accounts.transaction(async (tx) => {
      invoiceIds = await tx.claimDrafts(atMs, page);
      await tx.holdRerates();
      const records = sharedReads(tx);
      const judged = await askTogether(warehouse, invoiceIds, (invoiceId, together) =>
        judge({ ...parts, warehouse: together }, records, { invoiceId, atMs }),
      );
      const concluded: FinalizeOutcome[] = [];
      for (const each of judged) concluded.push(await conclude(parts, records, { ...each, by }));
      return concluded;
    });
    failpoint('billing.after_commit');
    return { kind: 'done', outcomes };
  } catch (error) {
    if (invoiceIds.length === 0) throw error;
    return { kind: 'failed', invoiceIds, error };
  }
}
