// Invoicing on a real Postgres and a real ClickHouse, with customers whose use is stored as the counter stores it.

import { type Accounts, createPriceReader, type PriceReader, type Subscription } from '@tollgate/accounts';
import { costOfUsage, type PlanTerms, type PriceClass, type Receipt, type UsageRow } from '@tollgate/domain';
import { createInvoicing, type FinalizeOutcome, type Invoicing, type InvoicingParts } from '@tollgate/invoicing';
import type { Warehouse } from '@tollgate/warehouse';
import { expect } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  newId,
  openAccounts,
  type PostgresFixture,
  runSql,
  startPostgresFixture,
} from '../accounts/postgres-fixture.ts';
import { startWarehouseServer, type WarehouseServer } from '../warehouse/fixture.ts';
import { batchOf, positionAt, receiptFor, usageRow } from '../warehouse/rows.ts';

export const JULY = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 7, 1) };
export const AUGUST = { startMs: JULY.endMs, endMs: Date.UTC(2026, 8, 1) };
export const BY = { keyId: 'key_operator', origin: { address: '192.0.2.1', requestId: 'req_1' } };

const HOUR_MS = 3_600_000;

/** What an event of the fixture used. */
interface Used {
  readonly eventId?: string;
  readonly atMs?: number;
  readonly model?: string;
  readonly tokens: UsageRow['tokens'];
}

export interface InvoicingFixture {
  readonly accounts: Accounts;
  readonly warehouse: Warehouse;
  readonly prices: PriceReader;
  readonly invoicing: Invoicing;
  /** With something else in its place. */
  with(parts: Partial<InvoicingParts>): Invoicing;
  addCustomer(fields?: { readonly currency?: string; readonly zone?: string }): Promise<string>;
  subscribe(customerId: string, terms: PlanTerms, fields?: Partial<Subscription>): Promise<Subscription>;
  /** In millionths of the unit for a million tokens. */
  price(of: { readonly model: string; readonly currency: string; readonly amounts: Amounts }): Promise<void>;
  use(customerId: string, used: readonly Used[]): Promise<readonly UsageRow[]>;
  /** Records that were accepted and are no usage. */
  receive(rows: readonly UsageRow[], fields: Partial<Receipt>): Promise<void>;
  rowOf(customerId: string, used: Used): UsageRow;
  /** Rates the customer's July anew, and applies it. */
  rerate(customerId: string): Promise<number>;
  /** The draft of the customer's July, which is the only one that it has. */
  draft(customerId: string): Promise<string>;
  finalize(invoiceId: string): Promise<FinalizeOutcome>;
  /** Behind the store's back: triggers are off. */
  tamper(sql: string, values: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

type Amounts = readonly (readonly [PriceClass, bigint])[];

export async function startInvoicingFixture(): Promise<InvoicingFixture> {
  const postgres: PostgresFixture = await startPostgresFixture();
  const server: WarehouseServer = await startWarehouseServer();
  const { warehouse } = await server.fresh();
  const url = await postgres.createDatabase();
  const accounts = openAccounts(url);
  await accounts.migrate();
  await prepare(accounts);
  const prices = createPriceReader(accounts);
  const clock = { now: () => Date.now() };
  const parts: InvoicingParts = { accounts, warehouse, prices, clock, newId, failpoint: () => undefined };
  const invoicing = createInvoicing(parts);
  await warehouse.recordProgress([{ epoch: 1, partition: 0, asOfMs: Date.now() + HOUR_MS }]);

  let offset = 0;
  const rowOf = (customerId: string, used: Used): UsageRow => {
    const { atMs = JULY.startMs + 40 * HOUR_MS, eventId = newId('evt'), model = 'gpt-4o', tokens } = used;
    offset += 1;
    return usageRow({
      ...{ position: positionAt(offset), customerId, eventId, model, tokens, timeMs: atMs, projectId: null },
      receivedAtMs: Date.now(),
    });
  };
  const priced = async (row: UsageRow): Promise<UsageRow> => {
    const currency = (await accounts.customer(row.customerId))?.currency ?? '';
    return { ...row, ...costOfUsage(prices.book, { ...row, currency }) };
  };
  const draft = async (customerId: string): Promise<string> => {
    const { drafts } = await accounts.transaction((records) => invoicing.draftEnded(records, customerId));
    expect(drafts).toMatchObject([{ state: 'draft', period: JULY }]);
    return drafts[0]?.id ?? '';
  };
  return {
    ...{ accounts, warehouse, prices, invoicing, rowOf, draft },
    with: (other) => createInvoicing({ ...parts, ...other }),
    addCustomer: (fields) => addCustomer(accounts, fields),
    subscribe: (customerId, terms, fields) => subscribe(accounts, { customerId, terms, fields }),
    async price({ model, currency, amounts }) {
      const knownFromMs = await createPrices(accounts, { model, currency, amounts });
      await eventually(async () => expect(Date.now()).toBeGreaterThan(knownFromMs), { timeoutMs: 5_000 });
      await prices.refresh();
    },
    async use(customerId, used) {
      const rows: UsageRow[] = [];
      for (const each of used) rows.push(await priced(rowOf(customerId, each)));
      const receipts = rows.map((row) => receiptFor(row));
      await warehouse.store(batchOf(receipts, rows));
      return rows;
    },
    async receive(rows, fields) {
      const receipts = rows.map((row) => receiptFor(row, fields));
      await warehouse.store(batchOf(receipts, []));
    },
    rerate: (customerId) => rerate({ accounts, warehouse, prices }, customerId),
    finalize: (invoiceId) => invoicing.finalizeNow({ invoiceId, by: BY }),
    async tamper(sql, values) {
      await runSql(url, 'ALTER TABLE invoices DISABLE TRIGGER keep_invoice');
      await runSql(url, sql, values);
      await runSql(url, 'ALTER TABLE invoices ENABLE TRIGGER keep_invoice');
    },
    async close() {
      await accounts.close();
      await server.close();
      await postgres.close();
    },
  };
}

async function prepare(accounts: Accounts): Promise<void> {
  await accounts.createOrganization({
    ...{ id: newId('org'), name: 'Operator', currency: 'USD', zone: 'UTC', createdAtMs: 0 },
  });
  await accounts.saveSellerTerms({
    party: { name: 'Operator Ltd', address: ['1 Row'], country: 'GB', tax_ids: [], email: null },
    ...{ paymentDetails: 'IBAN', numberPrefix: 'INV', paymentTermDays: 14, graceMs: HOUR_MS },
    xeroAccount: '200',
  });
}

/** Its first period is July, and August is open or ended: whatever lies after July is told apart by the tests. */
async function addCustomer(
  accounts: Accounts,
  { currency = 'USD', zone = 'UTC' }: { readonly currency?: string; readonly zone?: string } = {},
): Promise<string> {
  const id = newId('cus');
  await accounts.createCustomer({
    ...{ id, name: 'Acme', externalId: null, currency, zone, billingDay: 1, metadata: {} },
    ...{ suspendedAtMs: null, suspensionReason: null, keyPolicy: { keysMax: 10, allowedScopes: null } },
    createdAtMs: JULY.startMs,
  });
  return id;
}

async function subscribe(
  accounts: Accounts,
  of: { readonly customerId: string; readonly terms: PlanTerms; readonly fields: Partial<Subscription> | undefined },
): Promise<Subscription> {
  const { customerId, terms, fields } = of;
  const currency = (await accounts.customer(customerId))?.currency ?? '';
  const plan = { id: newId('pln'), name: 'Team', currency, archivedAtMs: null, createdAtMs: 0 };
  await accounts.createPlan(plan, { planId: plan.id, version: 1, terms, createdAtMs: 0, createdBy: 'key_1' });
  const subscription: Subscription = {
    ...{ id: newId('sub'), customerId, planId: plan.id, planVersion: 1, createdAtMs: 0 },
    ...{ startMs: JULY.startMs, endMs: JULY.endMs },
    ...fields,
  };
  await accounts.createSubscription(subscription);
  return subscription;
}

async function createPrices(
  accounts: Accounts,
  { model, currency, amounts }: { readonly model: string; readonly currency: string; readonly amounts: Amounts },
): Promise<number> {
  const versions = await accounts.createPrices(
    amounts.map(([name, amountMicros]) => ({
      ...{ id: newId('prc'), customerId: null, provider: '*', model, context: null, region: null, currency },
      ...{ effectiveFromMs: 0, effectiveToMs: null, createdAtMs: 0, createdBy: null, note: null, source: null },
      ...{ serviceTier: 'standard' as const, class: name, amountMicros },
    })),
  );
  return Math.max(...versions.map(({ knownFromMs }) => knownFromMs));
}

/** As the api's worker does it. */
async function rerate(
  { accounts, warehouse, prices }: Pick<InvoicingParts, 'accounts' | 'prices'> & { readonly warehouse: Warehouse },
  customerId: string,
): Promise<number> {
  const fields = { customer: [customerId] };
  const asked = await accounts.createRerate({
    ...{ id: newId('rrt'), ...JULY, filter: { fields, isUnpricedOnly: false }, isDryRun: false, reason: 'prices' },
    ...{ createdAtMs: Date.now(), createdBy: 'key_1' },
  });
  const { id } = asked;
  await eventually(async () => expect(Date.now()).toBeGreaterThan(asked.knownAtMs), { timeoutMs: 5_000 });
  await prices.refresh();
  const filters = [{ field: 'customer' as const, values: [customerId] }];
  const page = { ...JULY, filters, isUnpricedOnly: false, limit: 1_000, after: null };
  const { rows } = await warehouse.rowsToRate(page);
  const currency = (await accounts.customer(customerId))?.currency ?? '';
  const rated = rows.map((row) => {
    const { hourMs, eventId, version, provider, model, cost: old } = row;
    const cost = costOfUsage(prices.book, { ...row, currency, receivedAtMs: asked.knownAtMs });
    return { ...{ customerId, hourMs, eventId, version, provider, model, old, cost }, outcome: 'changed' as const };
  });
  await warehouse.keepRatedRows(id, rated);
  const claimed = await accounts.claimRerate('worker');
  expect(claimed?.id).toBe(id);
  await accounts.moveRerate({ id, from: ['rating'], to: 'applying', atMs: Date.now() });
  const step = await warehouse.nextRerateStep({ rerateId: id, after: null, rowsMin: 10_000 });
  if (step === null) throw new Error('nothing is rated anew');
  const { applied } = await warehouse.applyRerateStep({ rerateId: id, step });
  const progress = { ...asked, state: 'applying' as const, applied: BigInt(applied) };
  expect(await accounts.saveRerate({ worker: 'worker', rerate: progress })).toBe(true);
  await accounts.moveRerate({ id, from: ['applying'], to: 'applied', atMs: Date.now() });
  return applied;
}
