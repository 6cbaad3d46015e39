// Writes the head of the audit log to the service's own log, which leaves this machine by another way: whoever rewrites the
// database would have to rewrite that as well. `npm run audit:verify -- --head SEQUENCE:HASH` takes what is written.

import type { Accounts } from '@tollgate/accounts';
import type { Logger } from '@tollgate/runtime';

const EVERY_MS = 10 * 60_000;

export function logAuditHead({ accounts, logger }: { readonly accounts: Accounts; readonly logger: Logger }) {
  let loggedSequence = -1n;
  return {
    name: 'audit head',
    everyMs: EVERY_MS,
    async run(): Promise<void> {
      const { sequence, hash } = await accounts.auditHead();
      if (sequence === loggedSequence) return;
      loggedSequence = sequence;
      logger.info({ head: `${sequence}:${hash}` }, 'head of the audit log');
    },
  };
}
