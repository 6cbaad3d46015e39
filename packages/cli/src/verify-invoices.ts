// Has finalized invoices calculated once more, and says which are the same and where the others are not.

import type { ApiClient } from './api-client.ts';

interface Verdict {
  readonly equal: boolean;
  readonly differences: readonly { readonly where: string; readonly stored: unknown; readonly found: unknown }[];
}

interface InvoicePage {
  readonly data: readonly { readonly id: string; readonly number: string | null }[];
  readonly next_cursor: string | null;
}

const PAGE = 100;

/** Whether all of them are the same. */
export async function verifyInvoices(
  api: ApiClient,
  { invoices, month }: { readonly invoices: readonly string[]; readonly month: string | undefined },
  say: (line: string) => void,
): Promise<boolean> {
  let count = 0;
  let differing = 0;
  const verify = async (id: string, name: string): Promise<void> => {
    const verdict = await api.post<Verdict>(`/v1/invoices/${encodeURIComponent(id)}/verify`, {});
    count += 1;
    if (verdict.equal) {
      say(`${name}: equal`);
      return;
    }
    differing += 1;
    say(`${name}: NOT EQUAL`);
    for (const { where, stored, found } of verdict.differences) {
      say(`  ${where}: ${JSON.stringify(stored)} is stored, ${JSON.stringify(found)} comes out`);
    }
  };
  for (const id of invoices) await verify(id, id);
  if (month !== undefined) {
    for await (const { id, number } of invoicesOf(api, month)) await verify(id, `${number} (${id})`);
  }
  say(`${count} invoices, ${differing} of them not equal`);
  return differing === 0;
}

async function* invoicesOf(api: ApiClient, month: string) {
  let cursor: string | null = '';
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const states = 'finalized,paid,uncollectible,void';
    const page: InvoicePage = await api.get(`/v1/invoices?month=${month}&state=${states}&limit=${PAGE}${after}`);
    yield* page.data;
    cursor = page.next_cursor;
  }
}
