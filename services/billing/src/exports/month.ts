// The invoices of a month, in pages, so that no more than some of them are in memory.

import type { Invoice, InvoiceRecords, InvoiceState } from '@tollgate/accounts';

const PAGE = 50;

export async function* invoicesOfMonth(
  accounts: Pick<InvoiceRecords, 'invoices'>,
  of: { readonly month: string; readonly states: readonly InvoiceState[] },
): AsyncGenerator<Invoice> {
  let after: string | undefined;
  for (;;) {
    const page = await accounts.invoices({ ...of, limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}
