// `npm run audit:verify [-- --head SEQUENCE:HASH]`: reads the whole audit log and says whether it is what was written. Ends
// with 0 when it is, with 1 when it is not, and with 78 when it cannot be told.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { type AuditHead, type AuditVerdict, createPostgresAccounts } from '@tollgate/accounts';
import { readPeppers } from '@tollgate/auth';
import {
  ConfigurationError,
  createLogger,
  exitOnConfigurationError,
  readEnvironment,
  systemClock,
} from '@tollgate/runtime';

const HEAD = /^(\d{1,18}):([0-9a-f]{64})$/;

const SENTENCES: Readonly<Record<Extract<AuditVerdict, { kind: 'broken' }>['reason'], string>> = {
  missing: 'it is missing.',
  altered: 'it, or the one before it, is not as it was written.',
  unknown_key: 'it was chained under another secret. Name that one in TOLLGATE_AUDIT_SECRETS_OLD.',
  not_the_head: 'the log does not end as its head says.',
  beyond_the_head: 'it stands beyond the head of the log, so nobody appended it.',
  not_the_anchor: 'it is another than the one that the given head stands for.',
};

async function main(): Promise<void> {
  const anchor = readAnchor(process.argv.slice(2));
  const { databaseUrl, auditSecrets } = readEnvironment(process.env, (read) => ({
    databaseUrl: read.url('DATABASE_URL', { schemes: ['postgres:', 'postgresql:'] }),
    auditSecrets: [...readPeppers(read), ...read.list('TOLLGATE_AUDIT_SECRETS_OLD')],
  }));
  const logger = createLogger({ service: 'verify-audit-log', level: 'error' });
  const accounts = createPostgresAccounts({ url: databaseUrl, clock: systemClock, logger, auditSecrets });
  try {
    const verdict = await accounts.verifyAudit(anchor);
    process.stdout.write(`${sentenceOf(verdict)}\n`);
    if (verdict.kind === 'broken') process.exitCode = 1;
  } finally {
    await accounts.close();
  }
}

function readAnchor(args: string[]): AuditHead | undefined {
  let head: string | undefined;
  try {
    head = parseArgs({ args, options: { head: { type: 'string' } } }).values.head;
  } catch {
    throw new ConfigurationError(['The only option is --head SEQUENCE:HASH.']);
  }
  if (head === undefined) return undefined;
  const [, sequence, hash] = HEAD.exec(head) ?? [];
  if (sequence === undefined || hash === undefined) {
    throw new ConfigurationError(['--head must be SEQUENCE:HASH, as it stands in the log of the api.']);
  }
  return { sequence: BigInt(sequence), hash };
}

function sentenceOf(verdict: AuditVerdict): string {
  if (verdict.kind === 'broken') {
    return `The audit log is broken at entry ${verdict.sequence}: ${SENTENCES[verdict.reason]}`;
  }
  const { sequence, hash } = verdict.head;
  return `The audit log is intact: ${sequence} entries, head ${sequence}:${hash}`;
}

await main().catch(exitOnConfigurationError);
