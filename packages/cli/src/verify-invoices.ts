// Has finalized invoices calculated once more, and says which are the same and where the others are not.

import type { ApiClient } from './api-client.ts';

interface Verdict {
  readonly equal: boolean;
  readonly differences: readonly { readonly where: string; readonly stored: unknown; readonly found: unknown }[];
  readonly later: {
    readonly arrived: number;
    readonly withdrawn: readonly string[];
    readonly withdrawn_total: number;
    readonly rerates: readonly string[];
    readonly adjusted: readonly { readonly number: string; readonly amount: string }[];
  };
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
    say(`${name}: ${verdict.equal ? 'equal' : 'NOT EQUAL'}`);
    if (!verdict.equal) differing += 1;
    for (const { where, stored, found } of verdict.differences) {
      say(`  ${where}: ${JSON.stringify(stored)} is stored, ${JSON.stringify(found)} comes out`);
    }
    for (const line of laterLines(verdict.later)) say(`  ${line}`);
  };
  for (const id of invoices) await verify(id, id);
  if (month !== undefined) {
    for await (const { id, number } of invoicesOf(api, month)) await verify(id, `${number} (${id})`);
  }
  say(`${count} invoices, ${differing} of them not equal`);
  return differing === 0;
}

/** What came after an invoice was finalized: no fault of it. */
function laterLines({ arrived, withdrawn, withdrawn_total: total, rerates, adjusted }: Verdict['later']): string[] {
  const others = total - withdrawn.length;
  return [
    ...(arrived === 0 ? [] : [`${arrived} events of its period came later`]),
    ...(total === 0 ? [] : [`withdrawn since: ${withdrawn.join(', ')}${others === 0 ? '' : ` and ${others} others`}`]),
    ...(rerates.length === 0 ? [] : [`rated anew since: ${rerates.join(', ')}`]),
    ...adjusted.map(({ number, amount }) => `adjusted by ${number}: ${amount}`),
  ];
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
