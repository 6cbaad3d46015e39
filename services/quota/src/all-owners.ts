// Every owner of limits, in pages, so that no list of them stands in memory.

import type { Accounts } from '@tollgate/accounts';
import { ORGANIZATION } from './owner-limits.ts';

const PAGE = 1_000;

export async function* allOwners(
  accounts: Pick<Accounts, 'customersWithLimits'>,
  groupSize: number,
): AsyncGenerator<readonly string[]> {
  yield [ORGANIZATION];
  let after: string | undefined;
  for (;;) {
    const page = await accounts.customersWithLimits({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (let from = 0; from < page.length; from += groupSize) yield page.slice(from, from + groupSize);
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}
