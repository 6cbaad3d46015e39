// What has to be done from time to time so that tokens can be issued and leave nothing behind.

import type { Accounts } from '@tollgate/accounts';
import { CLOCK_SKEW_MS } from '@tollgate/auth';
import type { Clock } from '@tollgate/runtime';
import type { RotationRules } from './rotation.ts';
import type { SigningKeyKeeper } from './signing-key-keeper.ts';

const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 60_000;

/** To be done again and again: often enough that a key's life is kept to within a twentieth. */
export function keepTokens({ keeper, rules, accounts, clock }: KeepTokensOptions) {
  return {
    name: 'access tokens',
    everyMs: Math.max(PAUSE_MIN_MS, Math.min(PAUSE_MAX_MS, rules.keyLifeMs / 20)),
    async run(): Promise<void> {
      await keeper.keep();
      // A process whose clock is behind may still be asked for what expired just now.
      await accounts.removeExpiredTokens(clock.now() - 2 * CLOCK_SKEW_MS);
      await accounts.removeExpiredSessions(clock.now() - 2 * CLOCK_SKEW_MS);
    },
  };
}

interface KeepTokensOptions {
  readonly keeper: SigningKeyKeeper;
  readonly rules: RotationRules;
  readonly accounts: Accounts;
  readonly clock: Clock;
}
