// Terms, credit and invoices on a real Postgres: numbers without gaps, figures that never change, books that add up.
// Long, because all of it needs one server that is started once.

import { createHash } from 'node:crypto';
import type { Accounts, Invoice, InvoiceExport, InvoiceSnapshot, StoredGrant, Subscription } from '@tollgate/accounts';
import { type CreditEntry, exact, type PlanTerms } from '@tollgate/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, openAccounts, type PostgresFixture, runSql, startPostgresFixture } from './postgres-fixture.ts';

const MAY = { startMs: Date.UTC(2026, 4, 1), endMs: Date.UTC(2026, 5, 1) };
const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 6, 1) };
const NOW_MS = Date.UTC(2026, 6, 2);

let postgres: PostgresFixture;
let url: string;
let accounts: Accounts;

beforeAll(async () => {
  postgres = await startPostgresFixture();
  url = await postgres.createDatabase();
  accounts = openAccounts(url);
  await accounts.migrate();
});

afterAll(async () => {
  await accounts?.close();
  await postgres?.close();
});

async function addCustomer(): Promise<string> {
  const id = newId('cus');
  await accounts.createCustomer({
    ...{ id, name: 'Acme', externalId: null, currency: 'EUR', zone: 'UTC', billingDay: 1, metadata: {} },
    ...{ suspendedAtMs: null, suspensionReason: null, keyPolicy: { keysMax: 10, allowedScopes: null } },
    createdAtMs: NOW_MS,
  });
  return id;
}

const TERMS: PlanTerms = {
  charges: [
    {
      ...{
        id: 'tokens',
        description: 'Tokens',
        classes: ['input', 'output'],
        modelPattern: 'gpt-4o*',
        projectId: null,
      },
      ...{ takes: 'own', splitBy: [], allowance: exact(1000n), maximum: exact(125n, 1), minimum: null },
      model: {
        kind: 'graduated',
        tiers: [
          { upTo: exact(1_000_000n), unitPrice: exact(25n, 7), flatFee: exact(5n) },
          { upTo: null, unitPrice: exact(1n, 6), flatFee: exact(0n) },
        ],
      },
      discount: { kind: 'percent', percent: exact(125n, 1) },
    },
  ],
  fees: [{ id: 'base', description: 'Base fee', amountMinor: 2_000n }],
  commitment: { id: 'minimum', description: 'Minimum', amountMinor: 5_000n, chargeIds: ['tokens'] },
};

async function addPlan(): Promise<string> {
  const id = newId('pln');
  const plan = { id, name: 'Team', currency: 'EUR', archivedAtMs: null, createdAtMs: NOW_MS };
  await accounts.createPlan(plan, { planId: id, version: 1, terms: TERMS, createdAtMs: NOW_MS, createdBy: 'key_1' });
  return id;
}

function subscriptionOf(customerId: string, planId: string, fields: Partial<Subscription> = {}): Subscription {
  const span = { startMs: MAY.startMs, endMs: null };
  return { id: newId('sub'), customerId, planId, planVersion: 1, ...span, createdAtMs: NOW_MS, ...fields };
}

async function addDraft(customerId: string, fields: Partial<Invoice> = {}): Promise<string> {
  const invoice: Invoice = {
    ...{ id: newId('inv'), customerId, period: MAY, zone: 'UTC', currency: 'EUR', state: 'draft' },
    ...{ draftedAtMs: NOW_MS, finalizesAtMs: null, refusal: null, snapshot: null },
    ...{ settledAtMs: null, settledReason: null, ...fields },
  };
  await accounts.createDraft(invoice);
  return invoice.id;
}

function snapshotOf(
  next: { readonly sequence: bigint; readonly previousHash: string },
  fields: Partial<InvoiceSnapshot> = {},
): InvoiceSnapshot {
  const { content = '{"coupons":[],"minor_digits":2,"totals":{"carried":"0.00"}}', series = 'T' } = fields;
  return {
    ...{ series, sequence: next.sequence, number: `${series}-${next.sequence}`, content },
    ...{ finalizedAtMs: NOW_MS, dueAtMs: NOW_MS, subtotalMinor: 5n, totalMinor: 5n, dueMinor: 5n, basis: { a: '1' } },
    hash: createHash('sha256')
      .update(next.previousHash + content)
      .digest('hex'),
    previousHash: next.previousHash,
    ...fields,
  };
}

async function finalize(id: string, fields: Partial<InvoiceSnapshot> = {}): Promise<InvoiceSnapshot> {
  return await accounts.transaction(async (records) => {
    const snapshot = snapshotOf(await records.nextNumber(fields.series ?? 'T'), fields);
    await records.finalizeInvoice(id, snapshot);
    return snapshot;
  });
}

async function refused(text: string, values: readonly unknown[] = []): Promise<void> {
  await expect(runSql(url, text, values)).rejects.toMatchObject({ code: '23001' });
}

describe('terms', () => {
  it('plans, subscriptions, coupons, taxes and parties are read as they were written', async () => {
    const customerId = await addCustomer();
    const planId = await addPlan();
    expect((await accounts.planVersion(planId, 1))?.terms).toEqual(TERMS);
    const second = { planId, version: 2, terms: { ...TERMS, fees: [] }, createdAtMs: NOW_MS, createdBy: 'key_1' };
    await accounts.addPlanVersion(second);
    expect((await accounts.planVersions(planId, { limit: 10 })).map(({ version }) => version)).toEqual([2, 1]);
    await expect(accounts.addPlanVersion(second)).rejects.toMatchObject({ code: 'conflict' });

    const party = {
      name: 'Acme',
      address: ['1 Way'],
      country: 'DE',
      tax_ids: [{ kind: 'vat', value: 'DE1' }],
      email: null,
    };
    const buyer = {
      ...{
        customerId,
        party,
        purchaseOrder: 'PO 7',
        paymentTermDays: null,
        isPrepaidOnly: true,
        lowBalanceMinor: 500n,
      },
      tax: { kind: 'taxed', rateIds: ['txr_b', 'txr_a'], prices: 'included' },
    } as const;
    await accounts.saveBuyerTerms({ ...buyer, tax: { kind: 'none' } });
    await accounts.saveBuyerTerms(buyer);
    expect(await accounts.buyerTerms(customerId)).toEqual(buyer);
    const money = { paymentDetails: 'IBAN', paymentTermDays: 14, xeroAccount: '4000' };
    const seller = { party, ...money, numberPrefix: 'INV', graceMs: 86_400_000 };
    await accounts.saveSellerTerms(seller);
    expect(await accounts.sellerTerms()).toEqual(seller);

    const rate = {
      id: newId('txr'),
      name: 'VAT',
      percent: exact(77n, 1),
      country: 'CH',
      archivedAtMs: null,
      createdAtMs: 1,
    };
    await accounts.createTaxRate(rate);
    expect(await accounts.taxRatesById([rate.id, 'txr_none'])).toEqual([rate]);

    const coupon = {
      ...{ id: newId('cou'), description: 'Welcome', currency: null, archivedAtMs: null, createdAtMs: 1 },
      takes: { kind: 'percent', percent: exact(1n, 1) },
    } as const;
    await accounts.createCoupon(coupon);
    expect(await accounts.coupon(coupon.id)).toEqual(coupon);
    const given = { id: newId('cgv'), customerId, couponId: coupon.id, startMs: MAY.startMs, endMs: null };
    await accounts.giveCoupon({ ...given, invoicesMax: 1, createdAtMs: 1 });
    const twice = { ...given, id: newId('cgv'), invoicesMax: null, createdAtMs: 1 };
    await expect(accounts.giveCoupon(twice)).rejects.toMatchObject({ code: 'conflict' });
    await finalize(await addDraft(customerId), { content: `{"coupons":[{"id":"${coupon.id}"}]}` });
    expect(await accounts.customerCoupons(customerId)).toMatchObject([{ id: given.id, invoicesUsed: 1 }]);
    await accounts.takeCouponBack(given.id, JUNE.startMs + 1);
    await accounts.takeCouponBack(given.id, NOW_MS);
    expect(await accounts.customerCoupon(given.id)).toMatchObject({ endMs: JUNE.startMs + 1 });
  });

  it('a customer has one subscription at a time, also when two begin at once', async () => {
    const [customerId, planId] = [await addCustomer(), await addPlan()];
    const first = subscriptionOf(customerId, planId);
    const outcomes = await Promise.allSettled([
      accounts.createSubscription(first),
      accounts.createSubscription(subscriptionOf(customerId, planId, { startMs: JUNE.startMs })),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed.map(({ reason }) => reason.code)).toEqual(['conflict']);
    const [held] = await accounts.subscriptions({ customerId, limit: 10 });
    await accounts.endSubscription(held?.id ?? '', JUNE.endMs);
    const next = subscriptionOf(customerId, planId, { startMs: JUNE.endMs });
    await accounts.createSubscription(next);
    expect(await accounts.subscriptionsIn(customerId, { startMs: JUNE.endMs, endMs: NOW_MS })).toEqual([next]);
    // One that ends where it begins never held, and leaves room.
    await accounts.endSubscription(next.id, next.startMs);
    await accounts.createSubscription(subscriptionOf(customerId, planId, { startMs: JUNE.endMs }));
    expect(await accounts.subscriptionsIn(customerId, { startMs: JUNE.endMs, endMs: NOW_MS })).toHaveLength(1);
  });
});

describe('credit', () => {
  it('is only added to, once for each fact, and never taken beyond what there is', async () => {
    const customerId = await addCustomer();
    const grant: StoredGrant = {
      ...{ id: newId('crg'), customerId, currency: 'EUR', kind: 'paid', priority: 1, chargeIds: null },
      ...{
        effectiveFromMs: MAY.startMs,
        expiresAtMs: JUNE.startMs,
        amountMinor: 100n,
        description: 'x',
        createdAtMs: 1,
      },
    };
    await accounts.createGrant(grant);
    const entry = (id: string, amountMinor: bigint): CreditEntry => {
      return { id: `${id}:${grant.id}`, grantId: grant.id, kind: 'applied', amountMinor, atMs: 1, invoiceId: 'inv_1' };
    };
    await accounts.appendCreditEntries([entry('a', 60n)]);
    await accounts.appendCreditEntries([entry('a', 60n), entry('b', 30n)]);
    const tooMuch = [accounts.appendCreditEntries([entry('c', 8n)]), accounts.appendCreditEntries([entry('d', 8n)])];
    const outcomes = await Promise.allSettled(tooMuch);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await accounts.creditEntries(customerId)).map(({ amountMinor }) => amountMinor)).toEqual([
      100n,
      60n,
      30n,
      8n,
    ]);
    expect(await accounts.grants({ customerId, limit: 10 })).toEqual([grant]);

    expect(await accounts.customersWithExpiredCredit(JUNE.startMs - 1, 1_000)).not.toContain(customerId);
    expect(await accounts.customersWithExpiredCredit(JUNE.startMs, 1_000)).toContain(customerId);
    await accounts.appendCreditEntries([{ ...entry('e', 2n), kind: 'expired', invoiceId: null }]);
    expect(await accounts.customersWithExpiredCredit(JUNE.startMs, 1_000)).not.toContain(customerId);
    await refused('UPDATE credit_entries SET amount_minor = 1 WHERE grant_id = $1', [grant.id]);
    await refused('DELETE FROM credit_grants WHERE id = $1', [grant.id]);
  });
});

describe('a customer that pays ahead', () => {
  it('may use what was granted, and is told once that little is left', async () => {
    const customerId = await addCustomer();
    const limitId = newId('lim');
    await accounts.createLimit({
      ...{
        id: limitId,
        customerId,
        scope: { kind: 'customer', id: customerId },
        setBy: 'operator',
        modelPattern: null,
      },
      ...{ metric: 'cost', window: 'lifetime', countsFromMs: JUNE.startMs, amount: 0n, mode: 'block', thresholds: [] },
      ...{ allowanceWhenUnknown: null, refusesEvents: false, suspendedUntilMs: null, revision: 1 },
      ...{ createdAtMs: NOW_MS, updatedAtMs: NOW_MS },
    });
    const grantOf = async (amountMinor: bigint, fields: Partial<StoredGrant> = {}): Promise<string> => {
      const grant: StoredGrant = {
        ...{ id: newId('crg'), customerId, currency: 'EUR', kind: 'paid', priority: 1, chargeIds: null, amountMinor },
        ...{ effectiveFromMs: MAY.startMs, expiresAtMs: null, description: '', createdAtMs: NOW_MS, ...fields },
      };
      await accounts.createGrant(grant);
      return grant.id;
    };
    const admitted = async (): Promise<bigint> => ((await accounts.limit(limitId))?.amount ?? -1n) / 10n ** 10n;
    const told = async () =>
      (
        await runSql<{ data: object }>(url, "SELECT data FROM outbox WHERE type = 'credit.low' AND customer_id = $1", [
          customerId,
        ])
      ).map(({ data }) => data);

    const [may, june] = [await addDraft(customerId), await addDraft(customerId, { period: JUNE })];
    const first = await grantOf(1_000n);
    const entry = (kind: CreditEntry['kind'], amountMinor: bigint, invoiceId: string | null): CreditEntry => {
      return { id: newId('e'), grantId: first, kind, amountMinor, atMs: NOW_MS, invoiceId };
    };
    await accounts.appendCreditEntries([entry('applied', 300n, may)]);
    const party = { name: 'Acme', address: [], country: null, tax_ids: [], email: null };
    const terms = { customerId, party, purchaseOrder: null, paymentTermDays: null, tax: { kind: 'none' } } as const;
    await accounts.saveBuyerTerms({ ...terms, isPrepaidOnly: true, lowBalanceMinor: 500n });
    await accounts.bindPrepaidLimit({ customerId, limitId, sinceMs: JUNE.startMs });
    expect(await admitted()).toBe(700n);

    await accounts.appendCreditEntries([entry('applied', 201n, june)]);
    expect(await admitted()).toBe(700n);
    expect(await told()).toEqual([{ customer: customerId, currency: 'EUR', balance: '4.99', threshold: '5.00' }]);
    await accounts.appendCreditEntries([entry('applied', 1n, june)]);
    expect(await told()).toHaveLength(1);
    await accounts.appendCreditEntries([entry('returned', 300n, may)]);
    expect(await admitted()).toBe(1_000n);
    await accounts.appendCreditEntries([entry('revoked', 400n, null)]);
    expect(await admitted()).toBe(600n);
    expect(await told()).toHaveLength(2);
    // For some charges only, not yet in force, or in force no more: no limit could tell when to stop.
    await grantOf(50n, { chargeIds: ['base'] });
    await grantOf(50n, { effectiveFromMs: Date.UTC(2999, 0, 1) });
    await grantOf(50n, { expiresAtMs: JUNE.startMs });
    expect(await admitted()).toBe(600n);
    await grantOf(1_000n);
    expect(await admitted()).toBe(1_600n);
    await accounts.releasePrepaidLimit(customerId);
    expect(await accounts.prepaidLimit(customerId)).toBeNull();
  });
});

describe('invoices', () => {
  it('numbers have no gap and none is given twice, however many finalize at once and whichever fail', async () => {
    const drafts = await Promise.all(Array.from({ length: 8 }, async () => addDraft(await addCustomer())));
    const work = drafts.map(async (id, index) => {
      await accounts.transaction(async (records) => {
        await records.finalizeInvoice(id, snapshotOf(await records.nextNumber('S'), { series: 'S' }));
        if (index % 3 === 0) throw new Error('rolled back');
      });
    });
    await Promise.allSettled(work);
    const made = (await Promise.all(drafts.map((id) => accounts.invoice(id)))).flatMap(
      (invoice) => invoice?.snapshot ?? [],
    );
    const bySequence = made.toSorted((a, b) => Number(a.sequence - b.sequence));
    expect(bySequence.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n, 5n]);
    const hashes = bySequence.map(({ hash }) => hash);
    expect(bySequence.map(({ previousHash }) => previousHash)).toEqual(['0'.repeat(64), ...hashes.slice(0, -1)]);
  });

  it('a number that is not the next one, or a hash that is not of the content, is refused', async () => {
    const id = await addDraft(await addCustomer());
    const next = await accounts.nextNumber('R');
    for (const snapshot of [
      snapshotOf({ ...next, sequence: next.sequence + 1n }, { series: 'R' }),
      snapshotOf({ ...next, previousHash: '1'.repeat(64) }, { series: 'R' }),
      snapshotOf(next, { series: 'R', hash: '2'.repeat(64) }),
    ]) {
      await expect(accounts.finalizeInvoice(id, snapshot)).rejects.toMatchObject({ code: '23001' });
    }
    await accounts.finalizeInvoice(id, snapshotOf(next, { series: 'R' }));
  });

  it('what is finalized never changes, and is never removed', async () => {
    const customerId = await addCustomer();
    const id = await addDraft(customerId, { finalizesAtMs: NOW_MS });
    await expect(addDraft(customerId, { period: { ...JUNE, startMs: MAY.endMs - 1 } })).rejects.toMatchObject({
      code: 'conflict',
    });
    await accounts.noteRefusal(id, { reason: 'unpriced' });
    expect(await accounts.draftsToFinalize(NOW_MS, 1_000)).toContain(id);
    await accounts.noteRefusal(id, { reason: 'unpriced', retry_at: new Date(NOW_MS + 1).toISOString() });
    expect(await accounts.draftsToFinalize(NOW_MS, 1_000)).not.toContain(id);
    expect(await accounts.draftsToFinalize(NOW_MS + 1, 1_000)).toContain(id);
    await refused("UPDATE invoices SET state = 'paid', settled_at = now() WHERE id = $1", [id]);
    const snapshot = await finalize(id);
    expect(await accounts.invoice(id)).toMatchObject({ state: 'finalized', refusal: null, snapshot });
    expect(await accounts.draftsToFinalize(NOW_MS, 1_000)).not.toContain(id);
    expect(await accounts.invoices({ limit: 10, number: snapshot.number })).toMatchObject([{ id }]);
    expect(await accounts.countInvoices({ customerId, states: ['finalized'], endsIn: JUNE })).toBe(1);
    expect(await accounts.countInvoices({ customerId, month: '2026-05' })).toBe(1);
    expect(await accounts.countInvoices({ customerId, month: '2026-06' })).toBe(0);

    for (const change of [
      "content = '{}'",
      'due_minor = 6',
      "zone = 'Asia/Tokyo'",
      "basis = '{}'",
      'sequence = 99',
      "state = 'draft'",
    ]) {
      await refused(`UPDATE invoices SET ${change} WHERE id = $1`, [id]);
    }
    await refused('DELETE FROM invoices WHERE id = $1', [id]);
    for (const table of [
      'invoices',
      'credit_notes',
      'ledger_entries',
      'credit_entries',
      'credit_grants',
      'plan_versions',
      'document_series',
    ]) {
      await refused(`TRUNCATE ${table} CASCADE`);
    }
    await refused('UPDATE plan_versions SET version = 9');
    await accounts.settleInvoice({ id, state: 'void', atMs: NOW_MS, reason: 'a mistake' });
    await expect(accounts.settleInvoice({ id, state: 'paid', atMs: NOW_MS, reason: null })).rejects.toThrow();
    // The period is free again; the number is not.
    const again = await addDraft(customerId);
    expect((await finalize(again)).sequence).toBe(snapshot.sequence + 1n);
    expect((await accounts.invoicesIn(customerId, MAY)).map((invoice) => invoice.id)).toEqual([again]);
  });

  it('the ledger takes only what adds up to 0, and a fact once', async () => {
    const customerId = await addCustomer();
    const invoiceId = await addDraft(customerId);
    const side = (index: number, amountMinor: bigint) => ({
      ...{ fact: `finalized:${invoiceId}`, index, customerId, invoiceId, currency: 'EUR', atMs: NOW_MS, amountMinor },
      account: index === 0 ? ('receivable' as const) : ('revenue' as const),
    });
    await expect(accounts.bookLedger([side(0, 5n), side(1, -4n)])).rejects.toMatchObject({ code: '23001' });
    await accounts.bookLedger([side(0, 5n), side(1, -5n)]);
    await accounts.bookLedger([side(0, 7n), side(1, -7n)]);
    expect(await accounts.ledgerOf(invoiceId)).toEqual([side(0, 5n), side(1, -5n)]);
    await refused('DELETE FROM ledger_entries WHERE invoice_id = $1', [invoiceId]);
  });

  it('credit notes and what is carried over are used up once, and come back with a void', async () => {
    const customerId = await addCustomer();
    const first = await addDraft(customerId);
    await finalize(first, { content: '{"minor_digits":2,"totals":{"carried":"1.50"}}' });
    const figures = {
      ...{ lines: [{ lineId: 'l', amountMinor: 100n }], subtotalMinor: 100n, netMinor: 100n, totalMinor: 119n },
      coupons: [{ couponId: 'c', description: 'd', amountMinor: 0n }],
      taxes: [{ rateId: 'r', name: 'VAT', percent: exact(19n), baseMinor: 100n, amountMinor: 19n }],
    };
    const next = await accounts.nextNumber('CN');
    const note = {
      ...snapshotOf(next, { series: 'CN', number: `CN-${newId('n')}` }),
      ...{ id: newId('crn'), customerId, invoiceId: first, issuedAtMs: NOW_MS + 1, reason: 'too much' },
      ...{ settlement: 'balance' as const, lines: figures.lines, figures, currency: 'EUR' },
    };
    await accounts.createCreditNote(note);
    const { basis, finalizedAtMs, dueAtMs, subtotalMinor, totalMinor, dueMinor, ...stored } = note;
    expect(await accounts.creditNote(note.id)).toEqual(stored);

    const open = [
      { id: first, leftMinor: 150n },
      { id: note.id, leftMinor: 119n },
    ];
    expect(await accounts.openCreditNotes(customerId)).toEqual(open);
    const second = await addDraft(customerId, { period: JUNE });
    const uses = [
      { creditNoteId: first, amountMinor: 150n },
      { creditNoteId: note.id, amountMinor: 20n },
    ];
    await accounts.useCreditNotes(second, uses);
    await accounts.useCreditNotes(second, uses);
    expect(await accounts.openCreditNotes(customerId)).toEqual([{ id: note.id, leftMinor: 99n }]);
    const third = await addDraft(customerId, { period: { startMs: JUNE.endMs, endMs: NOW_MS } });
    const tooMuch = accounts.useCreditNotes(third, [{ creditNoteId: note.id, amountMinor: 100n }]);
    await expect(tooMuch).rejects.toMatchObject({ code: 'conflict' });
    // A later invoice has taken of it.
    const voided = { id: first, state: 'void', atMs: NOW_MS, reason: null } as const;
    await expect(accounts.settleInvoice(voided)).rejects.toMatchObject({ code: 'conflict' });
    await accounts.returnCreditNotes(second);
    await accounts.returnCreditNotes(second);
    expect(await accounts.openCreditNotes(customerId)).toEqual(open);
    await accounts.settleInvoice(voided);
    expect(await accounts.openCreditNotes(customerId)).toEqual([{ id: note.id, leftMinor: 119n }]);
  });

  it('periods are found when they have ended, and anew when the calendar has changed', async () => {
    const customerId = await addCustomer();
    expect(await accounts.customersWithoutPeriod(1_000)).toContain(customerId);
    await accounts.setOpenPeriod({ customerId, period: MAY });
    expect(await accounts.customersWithoutPeriod(1_000)).not.toContain(customerId);
    expect(await accounts.endedPeriods(MAY.endMs - 1, 10)).toEqual([]);
    expect(await accounts.endedPeriods(MAY.endMs, 10)).toEqual([{ customerId, period: MAY }]);
    await accounts.changeCalendar(customerId, { fromMs: NOW_MS, zone: 'Asia/Tokyo', anchorDay: 1 });
    expect(await accounts.customersWithoutPeriod(1_000)).toContain(customerId);
    await accounts.setOpenPeriod({ customerId, period: JUNE });
    expect(await accounts.customersWithoutPeriod(1_000)).not.toContain(customerId);
    expect(await accounts.openPeriod(customerId)).toEqual({ customerId, period: JUNE });

    const closed = { customerId, ...MAY, invoiceId: newId('inv') };
    await accounts.closePeriod(closed);
    expect(await accounts.closedPeriods({ customerIds: [customerId], ...MAY })).toEqual([closed]);
    await accounts.reopenPeriod(closed.invoiceId);
    expect(await accounts.closedPeriods({ customerIds: [customerId], ...MAY })).toEqual([]);
  });

  it('an export is saved as it goes on', async () => {
    const made: InvoiceExport = {
      ...{ id: newId('exp'), month: '2026-05', formats: ['json'], state: 'waiting', invoicesTotal: 3, invoicesDone: 0 },
      ...{ bytes: null, sha256: null, failure: null, createdAtMs: 1, createdBy: 'key_1', finishedAtMs: null },
    };
    await accounts.createExport(made);
    expect(await accounts.unfinishedExports(10)).toEqual([made.id]);
    const done = { ...made, state: 'done', invoicesDone: 3, bytes: 2n ** 40n, sha256: 'ab', finishedAtMs: 2 } as const;
    await accounts.saveExport(done);
    expect(await accounts.export(made.id)).toEqual(done);
    expect(await accounts.exports({ limit: 1 })).toEqual([done]);
    expect(await accounts.unfinishedExports(10)).toEqual([]);
  });
});
