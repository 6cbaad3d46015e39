// What becomes of an invoice, on the real servers. Long, because all of it needs two servers that are started once.

import { exact, NO_PLAN, type PlanTerms } from '@tollgate/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptFor } from '../warehouse/rows.ts';
import { AUGUST, BY, type InvoicingFixture, JULY, startInvoicingFixture } from './fixture.ts';

let fixture: InvoicingFixture;
beforeAll(async () => {
  fixture = await startInvoicingFixture();
  await fixture.price({
    model: 'gpt-4o',
    currency: 'USD',
    amounts: [
      ['input', 1_000_000n],
      ['output', 2_000_000n],
    ],
  });
});
afterAll(() => fixture?.close());

const HOUR_MS = 3_600_000;

/** $30 a month, and the price book's prices. */
const FEE: PlanTerms = { ...NO_PLAN, fees: [{ id: 'base', description: 'Base', amountMinor: 3_000n }] };

async function billed(customerId: string) {
  const outcome = await fixture.finalize(await fixture.draft(customerId));
  if (outcome.kind !== 'finalized') throw new Error(JSON.stringify(outcome));
  return outcome.invoice;
}

async function refusedOf(customerId: string): Promise<readonly string[]> {
  const id = await fixture.draft(customerId);
  const outcome = await fixture.finalize(id);
  const kept = (await fixture.accounts.invoice(id))?.refusal;
  if (outcome.kind !== 'refused') throw new Error(`it was ${outcome.kind}`);
  expect(kept).toMatchObject({ reasons: outcome.refusals.map(({ code }) => ({ code })) });
  return outcome.refusals.map(({ code }) => code);
}

/** Drafts that are made from now on are due so long after. */
async function setGrace(graceMs: number): Promise<void> {
  const terms = await fixture.accounts.sellerTerms();
  if (terms === null) throw new Error('nobody sells');
  await fixture.accounts.saveSellerTerms({ ...terms, graceMs });
}

async function amountsOf(customerId: string, period: { readonly startMs: number } = JULY) {
  const invoices = await fixture.accounts.invoices({ customerId, limit: 10 });
  const invoice = invoices.findLast((each) => each.period.startMs === period.startMs && each.state !== 'void');
  if (invoice === undefined) throw new Error('there is no such invoice');
  const { lines, totals } = await fixture.invoicing.view(invoice);
  return { lines: lines.map(({ id, amount }) => [id, amount]), total: totals.total };
}

describe('a draft', () => {
  it('is made when its period has ended, of a customer who used something, and the next period opens', async () => {
    const idle = await fixture.addCustomer();
    const { invoicing, accounts } = fixture;
    const ended = await accounts.transaction((records) => invoicing.draftEnded(records, idle));
    expect(ended.drafts).toEqual([]);
    expect(ended.open.period.endMs).toBeGreaterThan(Date.now());

    const customerId = await fixture.addCustomer();
    await fixture.use(customerId, [{ tokens: { input: 2_000_000n, output: 500_000n } }]);
    const id = await fixture.draft(customerId);
    const again = await accounts.transaction((records) => invoicing.draftEnded(records, customerId));
    expect(again.drafts).toEqual([]);
    expect(await amountsOf(customerId)).toEqual({
      lines: [
        ['usage//openai/gpt-4o/input', '2.00'],
        ['usage//openai/gpt-4o/output', '1.00'],
        ['usage//openai/gpt-4o/requests', '0.00'],
      ],
      total: '3.00',
    });
    expect((await accounts.invoice(id))?.state).toBe('draft');
  });

  it('is not, where use that was found is gone again', async () => {
    const customerId = await fixture.addCustomer();
    const [row] = await fixture.use(customerId, [{ tokens: { input: 1n } }]);
    if (row === undefined) throw new Error('there is a row');
    const id = await fixture.draft(customerId);
    await fixture.receive([{ ...fixture.rowOf(customerId, { tokens: {} }), eventId: row.eventId }], {
      outcome: 'void',
    });
    await fixture.warehouse.withdrawCopies();
    expect(await fixture.finalize(id)).toEqual({ kind: 'empty' });
    expect(await fixture.accounts.invoice(id)).toBeNull();
  });
});

describe('finalizing is refused', () => {
  it('for use without a price, with its name, and a preview tells the same', async () => {
    const customerId = await fixture.addCustomer();
    await fixture.use(customerId, [{ model: 'mystery', tokens: { input: 5n } }, { tokens: { input: 1_000_000n } }]);
    expect(await refusedOf(customerId)).toEqual(['unpriced']);
    const preview = await fixture.invoicing.preview({ customerId, atMs: JULY.startMs + 60 * 3_600_000 });
    expect(preview.refusals.map(({ code }) => code)).toEqual(['period_not_ended', 'unpriced']);
    const use = ['input', 'requests'].map((name) => ({
      provider: 'openai',
      model: 'mystery',
      class: name,
      events: 1n,
    }));
    expect(preview.refusals[1]?.facts).toEqual({ use });
    expect(preview.invoice.totals.total).toBe('1.00');
  });

  it('for dead letters, and for what was accepted and is nowhere', async () => {
    const dead = await fixture.addCustomer();
    await fixture.use(dead, [{ tokens: { input: 5n } }]);
    await fixture.receive([fixture.rowOf(dead, { tokens: {} })], { outcome: 'dead_lettered', reason: 'no_model' });
    expect(await refusedOf(dead)).toEqual(['dead_letters']);

    const lost = await fixture.addCustomer();
    await fixture.use(lost, [{ tokens: { input: 5n } }]);
    await fixture.receive([fixture.rowOf(lost, { tokens: {} })], {});
    expect(await refusedOf(lost)).toEqual(['books']);
  });

  it('while its period is under way, or something accepted before may be in flight', async () => {
    const customerId = await fixture.addCustomer();
    await fixture.use(customerId, [{ tokens: { input: 5n } }]);
    const invoiceId = await fixture.draft(customerId);
    const early = fixture.with({ clock: { now: () => JULY.endMs - 1 } });
    expect(await early.finalizeNow({ invoiceId, by: BY })).toMatchObject({
      refusals: [{ code: 'period_not_ended' }],
    });
    // Further than what was reported; each look at the clock takes seconds, so that nobody waits.
    let nowMs = Date.now() + 2 * 3_600_000;
    const ahead = fixture.with({ clock: { now: () => (nowMs += 3_000) } });
    expect(await ahead.finalizeNow({ invoiceId, by: BY })).toMatchObject({ refusals: [{ code: 'not_all_counted' }] });
  });

  it('while a re-rate of the period is being applied', async () => {
    const customerId = await fixture.addCustomer();
    await fixture.use(customerId, [{ tokens: { input: 5n } }]);
    const invoiceId = await fixture.draft(customerId);
    const { accounts } = fixture;
    await accounts.createRerate({
      ...{ id: `rrt_${customerId}`, ...JULY, filter: { fields: {}, isUnpricedOnly: false }, isDryRun: false },
      ...{ reason: 'prices', createdAtMs: 0, createdBy: 'key_1' },
    });
    await accounts.moveRerate({ id: `rrt_${customerId}`, from: ['rating'], to: 'applying', atMs: 0 });
    expect(await fixture.finalize(invoiceId)).toMatchObject({ refusals: [{ code: 'rerate_applying' }] });
    await accounts.moveRerate({ id: `rrt_${customerId}`, from: ['applying'], to: 'cancelled', atMs: 0 });
    expect(await fixture.finalize(invoiceId)).toMatchObject({ kind: 'finalized' });
  });

  it('where the sum of the events is another', async () => {
    const customerId = await fixture.addCustomer();
    await fixture.use(customerId, [{ tokens: { input: 5n } }]);
    const invoiceId = await fixture.draft(customerId);
    const { warehouse } = fixture;
    const wrong = fixture.with({
      warehouse: {
        ...warehouse,
        invoiceTotals: async (query) => ({ ...(await warehouse.invoiceTotals(query)), costPico: 1n }),
      },
    });
    expect(await wrong.finalizeNow({ invoiceId, by: BY })).toMatchObject({ refusals: [{ code: 'invoice_disagrees' }] });
  });
});

describe('a finalized invoice', () => {
  it('is one, whoever finalizes it how often, with numbers in a row and a ledger that adds up', async () => {
    const { accounts, invoicing } = fixture;
    const ids = [];
    for (let count = 0; count < 3; count += 1) {
      const customerId = await fixture.addCustomer();
      await fixture.subscribe(customerId, FEE);
      await fixture.use(customerId, [{ tokens: { input: 1_500_000n } }]);
      ids.push(await fixture.draft(customerId));
    }
    const outcomes = await Promise.all([...ids, ...ids].map((id) => fixture.finalize(id)));
    const numbers = outcomes.map((outcome) =>
      outcome.kind === 'finalized' ? outcome.invoice.snapshot.sequence : null,
    );
    expect(numbers.slice(0, 3)).toEqual(numbers.slice(3));
    const sorted = numbers.slice(0, 3).toSorted((a, b) => Number((a ?? 0n) - (b ?? 0n)));
    expect((sorted[2] ?? 0n) - (sorted[0] ?? 0n)).toBe(2n);
    const [first] = outcomes;
    if (first?.kind !== 'finalized') throw new Error('it is finalized');
    const entries = await accounts.ledgerOf(first.invoice.id);
    expect(entries.map(({ account, amountMinor }) => [account, amountMinor])).toEqual([
      ['receivable', 3_150n],
      ['revenue', -3_150n],
    ]);
    expect(await invoicing.verify(first.invoice.id)).toMatchObject({ kind: 'equal' });
  });

  it('is whole or not there at all, wherever it is interrupted, and no number is skipped', async () => {
    const { accounts } = fixture;
    const before = await accounts.transaction((records) => records.nextNumber('INV'));
    const customerId = await fixture.addCustomer();
    await fixture.use(customerId, [{ tokens: { input: 1_500_000n } }]);
    const invoiceId = await fixture.draft(customerId);
    for (const point of ['billing.before_number', 'billing.before_commit', 'billing.after_commit']) {
      const failpoint = (name: string): void => {
        if (name === point) throw new Error(point);
      };
      await expect(fixture.with({ failpoint }).finalizeNow({ invoiceId, by: BY })).rejects.toThrow(point);
      const isCommitted = point === 'billing.after_commit';
      expect((await accounts.invoice(invoiceId))?.state).toBe(isCommitted ? 'finalized' : 'draft');
      expect(await accounts.ledgerOf(invoiceId)).toHaveLength(isCommitted ? 2 : 0);
    }
    expect(await fixture.finalize(invoiceId)).toMatchObject({ invoice: { snapshot: { sequence: before.sequence } } });
    const after = await accounts.transaction((records) => records.nextNumber('INV'));
    expect(after.sequence).toBe(before.sequence + 1n);
  });

  it('is as right among many that are finalized at once, and none of them waits for one that is refused or held by others', async () => {
    const { accounts, invoicing } = fixture;
    await setGrace(0);
    const subscribed = await fixture.addCustomer({ zone: 'Asia/Tokyo' });
    await fixture.subscribe(subscribed, FEE);
    const idle = await fixture.addCustomer();
    const [plain, unpriced, held] = [
      await fixture.addCustomer(),
      await fixture.addCustomer(),
      await fixture.addCustomer(),
    ];
    for (const customerId of [subscribed, plain, held])
      await fixture.use(customerId, [{ tokens: { input: 1_500_000n } }]);
    await fixture.use(unpriced, [{ model: 'gpt-unheard-of', tokens: { input: 1n } }]);
    const all = { limit: 1_000, offset: 0 };
    const isMine = ({ customerId }: { readonly customerId: string }): boolean =>
      [subscribed, idle, plain, unpriced, held].includes(customerId);

    const drafted = await invoicing.draftDue({ of: 'without', ...all });
    if (drafted.kind !== 'done') throw drafted.error;
    const idOf = new Map(drafted.drafts.filter(isMine).map(({ id, customerId }) => [customerId, id]));
    expect(new Set(idOf.keys())).toEqual(new Set([subscribed, plain, unpriced, held]));
    expect(await invoicing.draftDue({ of: 'without', ...all })).toEqual({ kind: 'done', drafts: [] });

    const before = await accounts.transaction((records) => records.nextNumber('INV'));
    const done = await accounts.transaction(async (records) => {
      await records.lockCustomer(held);
      return await invoicing.finalizeDue({ page: all, by: BY });
    });
    if (done.kind !== 'done') throw done.error;
    const mine = done.outcomes.flatMap((outcome) =>
      outcome.kind !== 'empty' && isMine(outcome.invoice) ? [outcome] : [],
    );
    expect(mine).toHaveLength(3);
    const sequences = done.outcomes.flatMap((each) =>
      each.kind === 'finalized' ? [each.invoice.snapshot.sequence] : [],
    );
    expect(sequences).toEqual(sequences.map((_, index) => before.sequence + BigInt(index)));
    for (const outcome of mine) {
      if (outcome.kind === 'refused') expect(outcome).toMatchObject({ refusals: [{ code: 'unpriced' }] });
      else expect(await invoicing.verify(outcome.invoice.id)).toMatchObject({ kind: 'equal' });
    }
    expect(mine.filter(({ kind }) => kind === 'refused').map(({ invoice }) => invoice.customerId)).toEqual([unpriced]);
    expect(await fixture.finalize(idOf.get(held) ?? '')).toMatchObject({ kind: 'finalized' });
    await setGrace(HOUR_MS);
  });

  it('is left alone where another one fails those that are finalized with it', async () => {
    const { accounts } = fixture;
    await setGrace(0);
    const customerIds = [await fixture.addCustomer(), await fixture.addCustomer()];
    for (const customerId of customerIds) await fixture.use(customerId, [{ tokens: { input: 1_500_000n } }]);
    const ids = [];
    for (const customerId of customerIds) ids.push(await fixture.draft(customerId));
    let asked = 0;
    const failpoint = (name: string): void => {
      asked += 1;
      if (name === 'billing.before_commit' && asked > 2) throw new Error(name);
    };
    const page = { limit: 1_000, offset: 0 };
    const failed = await fixture.with({ failpoint }).finalizeDue({ page, by: BY });
    expect(failed).toMatchObject({ kind: 'failed', error: { message: 'billing.before_commit' } });
    expect(failed.kind === 'failed' && ids.every((id) => failed.invoiceIds.includes(id))).toBe(true);
    for (const id of ids) {
      expect((await accounts.invoice(id))?.state).toBe('draft');
      expect(await accounts.ledgerOf(id)).toEqual([]);
      expect(await fixture.finalize(id)).toMatchObject({ kind: 'finalized' });
    }
    await setGrace(HOUR_MS);
  });

  it('has the parts of a period with two plans, in yen and in dinars', async () => {
    for (const { currency, zone, amounts, lines } of [
      {
        ...{ currency: 'JPY', zone: 'Asia/Tokyo', amounts: [['input', 150_500_000n] as const] },
        lines: { first: '151', second: '301', fee: ['1000', '2000'] },
      },
      {
        ...{ currency: 'BHD', zone: 'Asia/Bahrain', amounts: [['input', 400_500n] as const] },
        lines: { first: '0.401', second: '0.801', fee: ['1.000', '2.000'] },
      },
    ]) {
      await fixture.price({ model: `model-${currency}`, currency, amounts });
      const customerId = await fixture.addCustomer({ currency, zone });
      const fees = [{ id: 'base', description: 'Base', amountMinor: 3_100n }];
      const hour = currency === 'JPY' ? 15 : 21;
      const changeMs = Date.UTC(2026, 6, 10, hour);
      const [startMs, endMs] = [Date.UTC(2026, 5, 30, hour), Date.UTC(2026, 6, 31, hour)];
      const one = await fixture.subscribe(customerId, { ...NO_PLAN, fees }, { startMs, endMs: changeMs });
      const other = await fixture.subscribe(customerId, { ...NO_PLAN, fees }, { startMs: changeMs, endMs });
      await fixture.use(customerId, [
        { atMs: changeMs - 1, model: `model-${currency}`, tokens: { input: 1_000_000n } },
        { atMs: changeMs, model: `model-${currency}`, tokens: { input: 2_000_000n } },
      ]);
      const { accounts, invoicing } = fixture;
      const ended = await accounts.transaction((records) => invoicing.draftEnded(records, customerId));
      const outcome = await fixture.finalize(ended.drafts[0]?.id ?? '');
      if (outcome.kind !== 'finalized') throw new Error(JSON.stringify(outcome));
      const document = await invoicing.view(outcome.invoice);
      expect(document.period).toMatchObject({ zone, first_date: '2026-07-01', last_date: '2026-07-31' });
      const amounted = new Map(document.lines.map(({ id, amount }) => [id, amount]));
      const usage = `usage//openai/model-${currency}/input`;
      expect(amounted.get(`${one.id}/${usage}`)).toBe(lines.first);
      expect(amounted.get(`${other.id}/${usage}`)).toBe(lines.second);
      const minor = (text: string | undefined) => BigInt((text ?? '').replace('.', ''));
      expect(minor(amounted.get(`${one.id}/base`)) + minor(amounted.get(`${other.id}/base`))).toBe(3_100n);
      expect(await invoicing.verify(outcome.invoice.id)).toMatchObject({ kind: 'equal' });
    }
  });

  it('never changes, and says where somebody changed it all the same', async () => {
    const customerId = await fixture.addCustomer();
    await fixture.use(customerId, [{ tokens: { input: 3_000_000n } }]);
    const { id, snapshot } = await billed(customerId);
    const { accounts, invoicing } = fixture;
    await expect(accounts.finalizeInvoice(id, snapshot)).rejects.toThrow();
    const forged = snapshot.content.replace('"amount":"3.00"', '"amount":"2.00"');
    expect(forged).not.toBe(snapshot.content);
    await fixture.tamper('UPDATE invoices SET content = $2, due_minor = 200 WHERE id = $1', [id, forged]);
    const verdict = await invoicing.verify(id);
    if (verdict.kind !== 'different') throw new Error('it was changed');
    expect(verdict.differences.map(({ where }) => where)).toEqual([
      'hash',
      'columns/due',
      'lines/usage//openai/gpt-4o/input/amount',
    ]);
    expect(verdict.differences[2]).toMatchObject({ stored: '2.00', found: '3.00' });
  });

  it('is made void and made again, with another number, and its credit comes back', async () => {
    const customerId = await fixture.addCustomer();
    const { accounts, invoicing } = fixture;
    const grant = { id: `crg_${customerId}`, customerId, currency: 'USD', amountMinor: 250n, description: 'Prepaid' };
    await accounts.createGrant({
      ...grant,
      ...{ kind: 'paid', priority: 0, effectiveFromMs: 0, expiresAtMs: null, chargeIds: null, createdAtMs: 0 },
    });
    await fixture.use(customerId, [{ tokens: { input: 3_000_000n } }]);
    const first = await billed(customerId);
    expect(first.snapshot.dueMinor).toBe(50n);
    const voiding = { invoiceId: first.id, reason: 'a mistake', by: BY };
    const { draft } = await accounts.transaction((records) => invoicing.void(records, voiding));
    expect(await accounts.transaction((records) => invoicing.void(records, voiding))).toMatchObject({ draft: null });
    const again = await fixture.finalize(draft?.id ?? '');
    if (again.kind !== 'finalized') throw new Error(JSON.stringify(again));
    expect(again.invoice.snapshot).toMatchObject({ dueMinor: 50n, sequence: first.snapshot.sequence + 1n });
    const entries = await accounts.ledgerOf(first.id);
    expect(entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(0n);
    expect(await invoicing.verify(again.invoice.id)).toMatchObject({ kind: 'equal' });

    const paying = { invoiceId: again.invoice.id, reason: 'wire 7', by: BY };
    await accounts.transaction((records) => invoicing.markPaid(records, paying));
    await expect(accounts.transaction((records) => invoicing.void(records, paying))).rejects.toThrow('credit note');
    await expect(accounts.transaction((records) => invoicing.markUncollectible(records, paying))).rejects.toThrow();
  });

  it('is credited in parts, to nothing, and no further', async () => {
    const customerId = await fixture.addCustomer();
    await fixture.subscribe(customerId, FEE);
    await fixture.use(customerId, [{ tokens: { input: 3_000_000n } }]);
    const { id: invoiceId } = await billed(customerId);
    const { accounts, invoicing } = fixture;
    const credit = (
      lines: readonly { lineId: string; amountMinor: bigint }[] | null,
      settlement: 'invoice' | 'balance',
    ) =>
      accounts.transaction((records) =>
        invoicing.creditNote(records, { ...{ invoiceId, lines, settlement, by: BY }, reason: 'goodwill' }),
      );
    const part = await credit([{ lineId: 'base', amountMinor: 1_000n }], 'invoice');
    expect(part).toMatchObject({ number: expect.stringMatching(/^INV-CN-\d{6}$/), figures: { totalMinor: 1_000n } });
    await expect(credit([{ lineId: 'base', amountMinor: 2_001n }], 'invoice')).rejects.toThrow('20.00');
    expect((await credit(null, 'balance')).figures.totalMinor).toBe(2_300n);
    await expect(credit(null, 'balance')).rejects.toThrow('Nothing is left');
    expect(await accounts.openCreditNotes(customerId)).toMatchObject([{ leftMinor: 2_300n }]);
    const voiding = accounts.transaction((records) => invoicing.void(records, { invoiceId, reason: 'no', by: BY }));
    await expect(voiding).rejects.toThrow('credit note');
  });
});

async function withdraw(customerId: string, eventId: string | undefined): Promise<void> {
  const { warehouse } = fixture;
  const gone = { ...fixture.rowOf(customerId, { tokens: {} }), eventId: eventId ?? '' };
  await warehouse.store({
    range: { epoch: 1, partition: 0, firstOffset: gone.position >> 12n, nextOffset: (gone.position >> 12n) + 1n },
    receipts: [receiptFor(gone, { outcome: 'void', reason: 'sent by mistake' })],
    usage: [],
  });
  await warehouse.withdrawCopies();
}

describe('what changes in a period that was billed', () => {
  it('is adjusted on the next invoice: late events, voids and re-rates, until nothing is left', async () => {
    const customerId = await fixture.addCustomer();
    const { accounts, invoicing } = fixture;
    const model = 'gpt-4o-mini';
    const amounts = [
      ['input', 1_000_000n],
      ['output', 2_000_000n],
    ] as const;
    await fixture.price({ model, currency: 'USD', amounts });
    const [kept] = await fixture.use(customerId, [
      { model, tokens: { input: 1_000_000n } },
      { atMs: AUGUST.startMs + 1, model, tokens: { output: 1_000_000n } },
    ]);
    const ended = await accounts.transaction((records) => invoicing.draftEnded(records, customerId));
    const [july, august] = ended.drafts;
    const first = await fixture.finalize(july?.id ?? '');
    if (first.kind !== 'finalized') throw new Error(JSON.stringify(first));

    const [late] = await fixture.use(customerId, [{ model, tokens: { input: 2_000_000n } }]);
    const traced = await invoicing.traceEvent({ customerId, eventId: late?.eventId ?? '' });
    expect(traced).toMatchObject({ state: 'to_be_adjusted', invoice: null });
    const original = await invoicing.traceEvent({ customerId, eventId: kept?.eventId ?? '' });
    expect(original).toMatchObject({ state: 'billed', number: first.invoice.snapshot.number });
    expect(original.lines.map(({ id }) => id)).toEqual([
      'usage//openai/gpt-4o-mini/input',
      'usage//openai/gpt-4o-mini/requests',
    ]);

    const origin = first.invoice.id;
    expect(await amountsOf(customerId, AUGUST)).toMatchObject({
      lines: [
        ['usage//openai/gpt-4o-mini/output', '2.00'],
        ['usage//openai/gpt-4o-mini/requests', '0.00'],
        [`${origin}/usage//openai/gpt-4o-mini/input`, '2.00'],
      ],
    });
    // All of July at twice the price.
    await fixture.price({ model, currency: 'USD', amounts: [['input', 2_000_000n]] });
    expect(await fixture.rerate(customerId)).toBe(2);
    expect((await amountsOf(customerId, AUGUST)).total).toBe('7.00');
    const second = await fixture.finalize(august?.id ?? '');
    if (second.kind !== 'finalized') throw new Error(JSON.stringify(second));
    expect(second.invoice.snapshot.totalMinor).toBe(700n);
    expect(await invoicing.verify(second.invoice.id)).toMatchObject({ kind: 'equal' });
    // The first one is still what it was made from.
    expect(await invoicing.verify(origin)).toMatchObject({ kind: 'equal' });
    const adjusted = await invoicing.traceEvent({ customerId, eventId: late?.eventId ?? '' });
    expect(adjusted).toMatchObject({ state: 'billed', invoice: { id: second.invoice.id } });
    const voiding = accounts.transaction((records) =>
      invoicing.void(records, { invoiceId: origin, reason: 'no', by: BY }),
    );
    await expect(voiding).rejects.toThrow('adjusts it');

    // Void and made again, the second one adjusts the first one again.
    const { draft } = await accounts.transaction((records) =>
      invoicing.void(records, { invoiceId: second.invoice.id, reason: 'again', by: BY }),
    );
    expect((await amountsOf(customerId, AUGUST)).total).toBe('7.00');
    const third = await fixture.finalize(draft?.id ?? '');
    if (third.kind !== 'finalized') throw new Error(JSON.stringify(third));
    expect(third.invoice.snapshot.totalMinor).toBe(700n);

    // Withdrawn: what was billed of it comes back.
    await withdraw(customerId, late?.eventId);
    const open = await invoicing.preview({ customerId, atMs: Date.now() });
    expect(open.invoice.lines.map(({ id, amount }) => [id, amount])).toEqual([
      [`${origin}/usage//openai/gpt-4o-mini/input`, '-4.00'],
    ]);
    expect(open.invoice.totals).toMatchObject({ total: '-4.00', due: '0.00', carried: '4.00' });

    // Each is still what it was made from, and what came after is told beside it.
    await withdraw(customerId, kept?.eventId);
    const adjustedBy = { number: third.invoice.snapshot.number, amount: '5.00' };
    expect(await invoicing.verify(origin)).toMatchObject({
      ...{ kind: 'equal', differences: [] },
      later: { arrived: 0n, withdrawn: [kept?.eventId], adjusted: [adjustedBy], rerates: [expect.any(String)] },
    });
    expect(await invoicing.verify(third.invoice.id)).toMatchObject({
      ...{ kind: 'equal', differences: [] },
      later: { arrived: 0n, withdrawn: [kept?.eventId, late?.eventId].toSorted(), adjusted: [], rerates: [] },
    });
  });

  it('gets a draft of its own where the period has no invoice', async () => {
    const customerId = await fixture.addCustomer();
    const { accounts, invoicing } = fixture;
    await accounts.transaction((records) => invoicing.draftEnded(records, customerId));
    await fixture.use(customerId, [{ tokens: { input: 1_000_000n } }]);
    await fixture.draft(customerId);
    expect((await amountsOf(customerId)).total).toBe('1.00');
  });
});

it('a line leads to its events, page by page', async () => {
  const customerId = await fixture.addCustomer();
  const inputs = [1n, 2n, 3n].map((input) => ({ tokens: { input }, atMs: JULY.startMs + Number(input) * 3_600_000 }));
  await fixture.use(customerId, [...inputs, { tokens: { output: 9n } }]);
  const { id: invoiceId } = await billed(customerId);
  const lineId = 'usage//openai/gpt-4o/input';
  const trace = (after: Parameters<InvoicingFixture['invoicing']['traceLine']>[0]['after']) =>
    fixture.invoicing.traceLine({ invoiceId, lineId, limit: 2, after });
  const first = await trace(null);
  expect(first).toMatchObject({ ...JULY, customerId, use: [{ model: 'gpt-4o', class: 'input', quantity: '6' }] });
  expect(first.events.map(({ tokens }) => tokens.input)).toEqual([1n, 2n]);
  const rest = await trace(first.next);
  expect(rest.events.map(({ tokens }) => tokens.input)).toEqual([3n]);
  expect(rest.next).toBeNull();
});

it('meters are billed by the charge of a plan, or by their price', async () => {
  const customerId = await fixture.addCustomer();
  const { accounts } = fixture;
  const meter = { name: 'Seats', aggregation: 'max', valuePath: '$.seats', dimensions: {} } as const;
  for (const slug of ['seats', 'rooms', 'doors']) {
    await accounts.createMeter({ ...meter, slug, eventType: 'seats', createdAtMs: 0, archivedAtMs: null });
  }
  await fixture.price({ model: '*', currency: 'USD', amounts: [['meter:rooms', 1_500_000n]] });
  const seats = {
    ...{ id: 'seats', description: 'Seats', classes: ['meter:seats' as const], modelPattern: null, projectId: null },
    ...{ takes: 'own' as const, splitBy: [], allowance: exact(1n), discount: null, maximum: null, minimum: null },
    model: { kind: 'per_unit' as const, unitPrice: exact(10n) },
  };
  await fixture.subscribe(customerId, { ...NO_PLAN, charges: [seats] });
  const row = fixture.rowOf(customerId, { tokens: {} });
  const measured = { ...row, type: 'seats', provider: '', model: '', requests: 0n, provenance: {}, costPico: 0n };
  const usage = [{ ...measured, currency: 'USD', data: '{"seats":4}' }];
  const offset = row.position >> 12n;
  const range = { epoch: 1, partition: 0, firstOffset: offset, nextOffset: offset + 1n };
  await fixture.warehouse.store({ range, receipts: usage.map((each) => receiptFor(each)), usage });
  const { id } = await billed(customerId);
  expect((await amountsOf(customerId)).lines).toEqual([
    ['seats', '30.00'],
    ['usage////meter%3Arooms', '6.00'],
  ]);
  expect(await fixture.invoicing.verify(id)).toMatchObject({ kind: 'equal' });
  const traced = await fixture.invoicing.traceEvent({ customerId, eventId: row.eventId });
  expect(traced.lines.map((line) => line.id)).toEqual(['seats', 'usage////meter%3Arooms']);

  await withdraw(customerId, row.eventId);
  const later = { withdrawn: [row.eventId] };
  expect(await fixture.invoicing.verify(id)).toMatchObject({ kind: 'equal', later });
});
