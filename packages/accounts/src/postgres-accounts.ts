// The accounts store on Postgres: connection pool, transactions and locks. What the tables hold is in the file of each.

import type { Clock, Logger } from '@tollgate/runtime';
import { Pool } from 'pg';
import type { AccountRecords, Accounts, AuditEntry } from './accounts.ts';
import { apiKeyRecords } from './api-key-records.ts';
import { type ChainKeys, chainKeysOf } from './audit-chain.ts';
import { appendEntries } from './audit-entries.ts';
import { auditRecords } from './audit-records.ts';
import { billingPartyRecords } from './billing-party-records.ts';
import { couponRecords } from './coupon-records.ts';
import { creditNoteRecords } from './credit-note-records.ts';
import { creditRecords } from './credit-records.ts';
import { customerRecords } from './customer-records.ts';
import { exportRecords } from './export-records.ts';
import { answerOnce } from './idempotency-records.ts';
import { invoiceRecords } from './invoice-records.ts';
import { keyActivityRecords } from './key-activity-records.ts';
import { keySecretRecords } from './key-secret-records.ts';
import { ledgerRecords } from './ledger-records.ts';
import { limitRecords } from './limit-records.ts';
import { meterRecords } from './meter-records.ts';
import { migrate } from './migrate.ts';
import { operationRecords } from './operation-records.ts';
import { organizationRecords } from './organization-records.ts';
import { outboxRecords } from './outbox-records.ts';
import { periodRecords } from './period-records.ts';
import { planRecords } from './plan-records.ts';
import { inTransaction, lockNumberOf, type Query, queryOn } from './postgres-query.ts';
import { priceRecords, priceVersions } from './price-records.ts';
import { projectRecords } from './project-records.ts';
import { refusalRecords } from './refusal-records.ts';
import { rerateRecords } from './rerate-records.ts';
import { sessionRecords } from './session-records.ts';
import { signingKeyRecords } from './signing-key-records.ts';
import { subscriptionRecords } from './subscription-records.ts';
import { taxRateRecords } from './tax-rate-records.ts';
import { tokenRecords } from './token-records.ts';
import { verifyAudit } from './verify-audit.ts';
import { watchChanges } from './watch-changes.ts';
import { webhookDeliveryRecords } from './webhook-delivery-records.ts';
import { webhookEndpointRecords } from './webhook-endpoint-records.ts';
import { webhookQueue } from './webhook-queue.ts';

export interface PostgresAccountsOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Secrets under keys of which the audit log is chained: the current one, then those that it took the place of. Without
   * any, this process cannot append to it.
   */
  readonly auditSecrets?: readonly string[];
  /** Connections of this process at most, beside the one that watches. */
  readonly connectionsMax?: number;
}

const CONNECTIONS_MAX = 10;
/** Kept open: what has to be read while the machine is busy should not wait for a connection first. */
const CONNECTIONS_MIN = 2;
/** For opening a connection, and for waiting until one of the pool is free. */
const CONNECT_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 5_000;
/** Longer than the server's own timeout, which leaves the connection usable: this one is for a server that went silent. */
const ANSWER_TIMEOUT_MS = 6_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 15_000;

export function createPostgresAccounts(options: PostgresAccountsOptions): Accounts {
  const { url, logger, clock } = options;
  const pool = new Pool({
    connectionString: url,
    application_name: 'tollgate',
    max: options.connectionsMax ?? CONNECTIONS_MAX,
    min: Math.min(CONNECTIONS_MIN, options.connectionsMax ?? CONNECTIONS_MAX),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that breaks while it is idle is replaced by the pool; unheard, the event would end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'lost an idle connection to Postgres'));

  const query = queryOn(pool);
  const keys = chainKeysOf(options.auditSecrets ?? []);
  const transact = <Result>(work: (tx: Query, records: AccountRecords) => Promise<Result>): Promise<Result> =>
    inTransaction(pool, async (tx) => {
      const entries: AuditEntry[] = [];
      const appendAudit = async (entry: AuditEntry): Promise<void> => void entries.push(entry);
      const result = await work(tx, { ...recordsOf(tx), appendAudit });
      if (entries.length === 0) return result;
      await appendEntries(tx, entries, { keys: known(keys), nowMs: clock.now() });
      return result;
    });

  return {
    ...recordsOf(query),
    appendAudit: (entry) => transact((_tx, records) => records.appendAudit(entry)),
    migrate: () => migrate(url),
    async ready() {
      await query('SELECT 1');
    },
    idempotently: (request, work) => transact((tx, records) => answerOnce(tx, request, () => work(records))),
    transaction: (work) => transact((_tx, records) => work(records)),
    exclusively: (name, work) =>
      transact(async (tx, records) => {
        await tx('SELECT pg_advisory_xact_lock($1)', [lockNumberOf(name)]);
        return await work(records);
      }),
    verifyAudit: (anchor) => verifyAudit(query, known(keys), anchor),
    logEpoch: (identity) => transact((tx) => logEpoch(tx, identity)),
    // The lock that they take ends with the transaction.
    createPrices: (prices) => transact((_tx, records) => records.createPrices(prices)),
    createMarkup: (markup) => transact((_tx, records) => records.createMarkup(markup)),
    createRerate: (rerate) => transact((_tx, records) => records.createRerate(rerate)),
    // Each is more than one row, and all or none of them.
    createPlan: (plan, first) => transact((_tx, records) => records.createPlan(plan, first)),
    saveBuyerTerms: (terms) => transact((_tx, records) => records.saveBuyerTerms(terms)),
    bindPrepaidLimit: (limit) => transact((_tx, records) => records.bindPrepaidLimit(limit)),
    createGrant: (grant) => transact((_tx, records) => records.createGrant(grant)),
    appendCreditEntries: (entries) => transact((_tx, records) => records.appendCreditEntries(entries)),
    useCreditNotes: (invoiceId, uses) => transact((_tx, records) => records.useCreditNotes(invoiceId, uses)),
    priceVersions: (request) => transact((tx) => priceVersions(tx, request)),
    watch: async (onChange) => watchChanges({ url, clock, logger, onChange }),
    close: () => pool.end(),
  };
}

function known(keys: ChainKeys | undefined): ChainKeys {
  if (keys === undefined) throw new Error('this process has no secret for the audit log');
  return keys;
}

function recordsOf(query: Query): Omit<AccountRecords, 'appendAudit'> {
  return {
    ...organizationRecords(query),
    ...customerRecords(query),
    ...projectRecords(query),
    ...meterRecords(query),
    ...apiKeyRecords(query),
    ...auditRecords(query),
    ...outboxRecords(query),
    ...rerateRecords(query),
    ...sessionRecords(query),
    ...refusalRecords(query),
    ...operationRecords(query),
    ...keyActivityRecords(query),
    ...keySecretRecords(query),
    ...priceRecords(query),
    ...limitRecords(query),
    ...signingKeyRecords(query),
    ...tokenRecords(query),
    ...billingPartyRecords(query),
    ...planRecords(query),
    ...subscriptionRecords(query),
    ...couponRecords(query),
    ...taxRateRecords(query),
    ...creditRecords(query),
    ...invoiceRecords(query),
    ...ledgerRecords(query),
    ...creditNoteRecords(query),
    ...periodRecords(query),
    ...exportRecords(query),
    ...webhookEndpointRecords(query),
    ...webhookDeliveryRecords(query),
    ...webhookQueue(query),
  };
}

async function logEpoch(query: Query, identity: string): Promise<number> {
  // The lock keeps two processes that meet a new log at once from taking two numbers, or the same one for two logs.
  await query('SELECT pg_advisory_xact_lock($1)', [lockNumberOf('event_logs')]);
  await query(
    `INSERT INTO event_logs (epoch, identity)
     SELECT coalesce(max(epoch), 0) + 1, $1 FROM event_logs
     HAVING NOT EXISTS (SELECT 1 FROM event_logs WHERE identity = $1)`,
    [identity],
  );
  const [row] = await query<{ epoch: number }>('SELECT epoch FROM event_logs WHERE identity = $1', [identity]);
  if (row === undefined) throw new Error('the event log has no epoch although it was just given one');
  return row.epoch;
}
