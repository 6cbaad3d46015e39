// Withdrawals in the audit log: who withdrew which event and why. Entered before the batch is stored, so that none is lost,
// and each under the name of its event, so that a batch that comes again enters none twice.

import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts, AuditEntry } from '@tollgate/accounts';
import type { Logger } from '@tollgate/runtime';
import type { AssessedRecord } from './assess-records.ts';
import { isObject } from './members.ts';

interface AuditVoidsParts {
  readonly accounts: Pick<Accounts, 'transaction'>;
  readonly logger: Logger;
}

export type AuditVoids = (assessed: readonly AssessedRecord[], signal: AbortSignal) => Promise<void>;

type VoidRecord = Extract<AssessedRecord, { kind: 'void' }>;

const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** While the accounts are away it waits, until the signal. */
export function createAuditVoids({ accounts, logger }: AuditVoidsParts): AuditVoids {
  return async (assessed, signal) => {
    const entries = assessed.flatMap((record) => (record.kind === 'void' ? [entryOf(record)] : []));
    if (entries.length === 0) return;
    for (let pauseMs = RETRY_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, RETRY_MAX_MS)) {
      try {
        await accounts.transaction(async (records) => {
          for (const entry of entries) await records.appendAudit(entry);
        });
        return;
      } catch (error) {
        signal.throwIfAborted();
        logger.warn({ err: error, retryInMs: pauseMs }, 'withdrawals could not be audited; trying again');
        await pause(pauseMs, undefined, { signal });
      }
    }
  };
}

function entryOf({ record, reason }: VoidRecord): AuditEntry {
  const { customerId, eventId, reporterKeyId, body } = record;
  return {
    action: 'event.voided',
    actor: { keyId: reporterKeyId },
    customerId,
    subject: { type: 'event', id: eventId },
    origin: originOf(body),
    before: null,
    after: null,
    reason,
    fact: `event.voided/${customerId}/${eventId}`,
  };
}

function originOf(body: Uint8Array): AuditEntry['origin'] {
  try {
    const { origin } = JSON.parse(Buffer.from(body).toString('utf8'));
    if (!isObject(origin)) return null;
    const { address, request_id: requestId } = origin;
    return typeof address === 'string' && typeof requestId === 'string' ? { address, requestId } : null;
  } catch {
    return null;
  }
}
