// The list prices that are shipped: imported at the first start, and what is new in them at every later one. The operator's
// own versions stay: what was made of the file once is never made again.

import { readFile } from 'node:fs/promises';
import type { Accounts, NewPrice as NewPriceVersion } from '@tollgate/accounts';
import type { Price } from '@tollgate/domain';
import type { Clock, IdGenerator, Logger } from '@tollgate/runtime';
import { Compile } from 'typebox/compile';
import { placeOf } from './decide-import.ts';
import { LINE, pricesFromCsv } from './price-csv.ts';
import { NewPrice, type NewPriceBody } from './price-json.ts';
import { readPrice } from './read-price.ts';

const FILE = new URL('../list-prices.csv', import.meta.url);
const PAGE_ROWS = 5_000;
/** For a deployment that never received anything: its records know the list from the first on. */
const ALWAYS_MS = 0;

interface SeedOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly newId: IdGenerator;
  readonly logger: Logger;
  /** Nothing can have been received yet. */
  readonly isNew: boolean;
}

export async function seedListPrices({ accounts, clock, newId, logger, isNew }: SeedOptions): Promise<void> {
  const shipped = await readShipped({ newId, nowMs: clock.now() });
  await accounts.transaction(async (records) => {
    await records.lockPrices();
    const made = new Set<string>();
    for (let after = ''; ; ) {
      const page = await records.prices({ limit: PAGE_ROWS, customerId: null, after });
      for (const price of page) if (price.createdBy === null) made.add(saidBy(price));
      after = page.at(-1)?.id ?? '';
      if (page.length < PAGE_ROWS) break;
    }
    const missing = shipped.filter((price) => !made.has(saidBy(price)));
    if (missing.length === 0) return;
    await records.createPrices(missing.map((price) => (isNew ? { ...price, knownFromMs: ALWAYS_MS } : price)));
    await records.appendAudit({
      action: 'prices.seeded',
      actor: { keyId: null },
      origin: null,
      customerId: null,
      subject: { type: 'price', id: missing[0]?.id ?? '' },
      before: null,
      after: { created: missing.length },
    });
    logger.info({ created: missing.length }, 'list prices were added');
  });
}

const check = Compile(NewPrice);
const isPriceBody = (value: unknown): value is NewPriceBody => check.Check(value);

export async function readShipped(of: {
  readonly newId: IdGenerator;
  readonly nowMs: number;
}): Promise<readonly NewPriceVersion[]> {
  const context = { ...of, currencies: new Map<string, string>(), currency: 'USD', createdBy: null };
  return pricesFromCsv(await readFile(FILE, 'utf8')).map(({ [LINE]: line, ...row }) => {
    const read = isPriceBody(row) ? readPrice(row, context) : undefined;
    if (read?.kind !== 'read') throw new Error(`line ${String(line)} of the shipped list prices is no price`);
    return read.version;
  });
}

function saidBy(price: Price | NewPriceVersion): string {
  return `${placeOf(price)} ${price.amountMicros} ${price.effectiveToMs}`;
}
