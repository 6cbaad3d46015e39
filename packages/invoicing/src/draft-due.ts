// Drafts of the customers whose periods have ended, some at once: one transaction, and questions that are asked together.

import type { Invoice, OpenDue } from '@tollgate/accounts';
import { askTogether } from './ask-together.ts';
import { draftEnded } from './draft-ended.ts';
import type { InvoicingParts } from './parts.ts';
import { sharedReads } from './shared-reads.ts';

export type DraftedDue =
  | { readonly kind: 'done'; readonly drafts: readonly Invoice[] }
  /** Nothing was drafted: one customer may be what failed all. */
  | { readonly kind: 'failed'; readonly customerIds: readonly string[]; readonly error: unknown };

export async function draftDue(parts: InvoicingParts, due: OpenDue): Promise<DraftedDue> {
  const { accounts, clock, warehouse } = parts;
  let customerIds: readonly string[] = [];
  try {
    const ended = await accounts.transaction(async (tx) => {
      customerIds = await tx.claimCustomers(clock.now(), due);
      const records = sharedReads(tx);
      return await askTogether(warehouse, customerIds, (customerId, together) =>
        draftEnded({ ...parts, warehouse: together }, records, customerId),
      );
    });
    return { kind: 'done', drafts: ended.flatMap(({ drafts }) => drafts) };
  } catch (error) {
    if (customerIds.length === 0) throw error;
    return { kind: 'failed', customerIds, error };
  }
}
