// Says when a pepper that is replaced can go: once no secret is found by it any more. And that one is missing, whose
// secrets are refused.

import type { Accounts, PepperUse } from '@tollgate/accounts';
import { pepperIdOf } from '@tollgate/auth';
import { type Clock, Gauge, type Logger, type Registry } from '@tollgate/runtime';

const EVERY_MS = 60_000;

interface WatchPeppersOptions {
  readonly accounts: Accounts;
  /** The current one first. */
  readonly peppers: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
}

export function watchPeppers({ accounts, peppers, clock, logger, metrics }: WatchPeppersOptions) {
  const ids = peppers.map(pepperIdOf);
  const gauge = new Gauge({
    name: 'tollgate_api_key_secrets',
    help: 'Secrets of API keys by the pepper they are found by: current, old (moved at their next use), missing (refused).',
    labelNames: ['pepper'],
    registers: [metrics],
  });
  let said = '';
  return {
    name: 'peppers',
    everyMs: EVERY_MS,
    async run(): Promise<void> {
      const counts = countByPepper(await accounts.pepperUses(clock.now()), ids);
      for (const [pepper, count] of Object.entries(counts)) gauge.set({ pepper }, count);
      const { old, missing } = counts;
      if (said === `${old} ${missing}`) return;
      said = `${old} ${missing}`;
      if (missing > 0) logger.warn({ secrets: missing }, 'secrets of keys are refused: their pepper is not configured');
      if (ids.length === 1) return;
      if (old > 0) logger.info({ secrets: old }, 'secrets of keys wait for their next use under an old pepper');
      else logger.info('no secret of a key needs an old pepper any more');
    },
  };
}

export interface PepperCounts {
  readonly current: number;
  readonly old: number;
  readonly missing: number;
}

export function countByPepper(uses: readonly PepperUse[], [current, ...old]: readonly string[]): PepperCounts {
  const sum = (isCounted: (pepperId: string | null) => boolean): number =>
    uses.reduce((total, { pepperId, secrets }) => (isCounted(pepperId) ? total + secrets : total), 0);
  // Made before it was written down: under one of those that there are.
  const isOld = (id: string | null): boolean => id === null || old.includes(id);
  return {
    current: sum((id) => id === current),
    old: sum((id) => id !== current && isOld(id)),
    missing: sum((id) => id !== current && !isOld(id)),
  };
}
