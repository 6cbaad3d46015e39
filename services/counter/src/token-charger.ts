// Charges the tokens of a batch to the rate limits of the keys that used them. Rates never stop the counter: while Redis or
// the accounts are away, what was used meanwhile stays uncharged.

import type { Accounts } from '@tollgate/accounts';
import type { UsageRow } from '@tollgate/domain';
import type { Limits, TokenCharge } from '@tollgate/limits';
import type { Clock, Logger } from '@tollgate/runtime';
import type { RecordRows } from './batch-rows.ts';

export interface TokenCharger {
  /** The rows of one batch of one partition, once they are stored. Never rejects. */
  charge(rows: readonly RecordRows[]): Promise<void>;
}

interface ChargerParts {
  readonly limits: Pick<Limits, 'chargeTokens'>;
  readonly accounts: Pick<Accounts, 'tokenRatesOf'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onUncharged: (records: number) => void;
}

interface KnownRate {
  readonly tokensPerMinute: number | null;
  readonly readAtMs: number;
}

/** A limit that is set, changed or removed is charged accordingly after so long at most. */
const RATE_TRUSTED_MS = 5_000;
/** Forgotten all at once when there are more. */
const RATES_MAX = 100_000;
/** After a failure nothing is asked for so long, so that the counter does not wait again and again. */
const PAUSE_MS = 5_000;
/** What was received longer ago has drained from its bucket, whatever the counter was late for. */
const CHARGED_AGE_MAX_MS = 60 * 60 * 1_000;

export function createTokenCharger({ limits, accounts, clock, logger, onUncharged }: ChargerParts): TokenCharger {
  const rates = new Map<string, KnownRate>();
  let pausedUntilMs = 0;

  const learnRates = async (keyIds: ReadonlySet<string>, nowMs: number): Promise<void> => {
    const unknown = [...keyIds].filter((id) => nowMs - (rates.get(id)?.readAtMs ?? 0) >= RATE_TRUSTED_MS);
    if (unknown.length === 0) return;
    const found = await accounts.tokenRatesOf(unknown);
    if (rates.size + unknown.length > RATES_MAX) rates.clear();
    for (const id of unknown) rates.set(id, { tokensPerMinute: found.get(id) ?? null, readAtMs: nowMs });
  };

  return {
    async charge(rows) {
      const nowMs = clock.now();
      const used: UsageRow[] = [];
      const keyIds = new Set<string>();
      for (const { usage } of rows) {
        if (usage === null || usage.keyId === null || usage.receivedAtMs < nowMs - CHARGED_AGE_MAX_MS) continue;
        used.push(usage);
        keyIds.add(usage.keyId);
      }
      const first = used[0];
      if (first === undefined) return;
      if (nowMs < pausedUntilMs) return onUncharged(used.length);
      try {
        await learnRates(keyIds, nowMs);
        const charges = used.flatMap((usage) => chargeOf(usage, rates));
        if (charges.length === 0) return;
        await limits.chargeTokens({ epoch: first.epoch, partition: first.partition, charges });
      } catch (error) {
        pausedUntilMs = clock.now() + PAUSE_MS;
        onUncharged(used.length);
        logger.warn({ err: error, pauseMs: PAUSE_MS }, 'tokens could not be charged to rate limits');
      }
    },
  };
}

const NO_CHARGE: readonly TokenCharge[] = [];

/** None for a key without a rate, as most are. */
function chargeOf(
  { keyId, customerId, position, tokens }: UsageRow,
  rates: ReadonlyMap<string, KnownRate>,
): readonly TokenCharge[] {
  const tokensPerMinute = keyId === null ? null : (rates.get(keyId)?.tokensPerMinute ?? null);
  if (keyId === null || tokensPerMinute === null) return NO_CHARGE;
  return [{ keyId, customerId, tokensPerMinute, position, tokens: sum(tokens) }];
}

/** The classes are disjoint: together they are what was used. */
function sum(tokens: Readonly<Partial<Record<string, bigint>>>): bigint {
  return Object.values(tokens).reduce<bigint>((total, count = 0n) => total + count, 0n);
}
