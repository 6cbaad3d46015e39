// The costs of a batch's rows. Before the first row it is made sure that every price that any of the records may know is in
// memory, and the currency of every customer: after that, cost is a pure function of the record.

import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts, PriceReader } from '@tollgate/accounts';
import { costOfUsage, type PricedUsage, type RowCost } from '@tollgate/domain';
import type { Logger } from '@tollgate/runtime';

/** Whose cost is asked for, and when its record was received. */
export interface PricedRecord {
  readonly customerId: string;
  readonly receivedAtMs: number;
}

export type CostOf = (usage: Omit<PricedUsage, 'currency'>) => RowCost;

export interface Pricer {
  /** While the accounts are away it waits, until the signal. */
  prepare(records: readonly PricedRecord[], signal: AbortSignal): Promise<CostOf>;
}

/** Forgotten all at once when there are more; a currency never changes. */
const CURRENCIES_MAX = 100_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2_000;
/**
 * A record that was received this much later than the database's clock says it is now comes from a machine whose clock is
 * wrong: it is priced by what is known, since waiting would stop its partition for as long as the clock is ahead.
 */
const CLOCK_AHEAD_MAX_MS = 5_000;

export function createPricer(parts: {
  readonly accounts: Pick<Accounts, 'currenciesOf'>;
  readonly prices: PriceReader;
  readonly logger: Logger;
}): Pricer {
  const { accounts, prices, logger } = parts;
  const currencies = new Map<string, string>();

  const learnCurrencies = async (records: readonly PricedRecord[]): Promise<void> => {
    const unknown = new Set<string>();
    for (const { customerId } of records) if (!currencies.has(customerId)) unknown.add(customerId);
    if (unknown.size === 0) return;
    if (currencies.size + unknown.size > CURRENCIES_MAX) currencies.clear();
    for (const [id, currency] of await accounts.currenciesOf([...unknown])) currencies.set(id, currency);
  };

  const learnPrices = async (records: readonly PricedRecord[], signal: AbortSignal): Promise<void> => {
    let newestMs = 0;
    for (const { receivedAtMs } of records) newestMs = Math.max(newestMs, receivedAtMs);
    while (prices.completeUntilMs <= newestMs) {
      await prices.refresh();
      const aheadMs = newestMs - prices.completeUntilMs;
      if (aheadMs < 0) return;
      if (aheadMs > CLOCK_AHEAD_MAX_MS) {
        logger.error(
          { aheadMs },
          "records come from the future of the database's clock; prices may be missing to them",
        );
        return;
      }
      await pause(aheadMs + 1, undefined, { signal });
    }
  };

  return {
    async prepare(records, signal) {
      for (let pauseMs = RETRY_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, RETRY_MAX_MS)) {
        try {
          await learnCurrencies(records);
          await learnPrices(records, signal);
          break;
        } catch (error) {
          signal.throwIfAborted();
          logger.warn({ err: error, retryInMs: pauseMs }, 'prices could not be read; trying again');
          await pause(pauseMs, undefined, { signal });
        }
      }
      // What this batch needs stays, whatever another batch makes forgotten.
      const own = new Map<string, string>();
      for (const { customerId } of records) own.set(customerId, currencies.get(customerId) ?? '');
      return (usage) => costOfUsage(prices.book, { ...usage, currency: own.get(usage.customerId) ?? '' });
    },
  };
}
