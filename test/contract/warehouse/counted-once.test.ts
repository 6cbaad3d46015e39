import type { Receipt, UsageRow } from '@tollgate/domain';
import type { Warehouse } from '@tollgate/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWarehouseServer, type WarehouseServer } from './fixture.ts';
import {
  batchOf,
  DAY_MS,
  HOUR_MS,
  JULY_MS,
  MINUTE_MS,
  pick,
  positionAt,
  receiptFor,
  seeded,
  shuffled,
  storeUsage,
  total,
  usageRow,
} from './rows.ts';

let server: WarehouseServer;
beforeAll(async () => {
  server = await startWarehouseServer();
});
afterAll(() => server.close());

describe('an event is counted once', () => {
  it('when its batch is stored again, and again in other pieces', async () => {
    const { warehouse } = await server.fresh();
    const rows = Array.from({ length: 50 }, (_, index) => usageRow({ position: positionAt(index) }));
    await storeUsage(warehouse, rows);
    await storeUsage(warehouse, rows);
    for (let start = 0; start < rows.length; start += 7) await storeUsage(warehouse, rows.slice(start, start + 11));
    expect(await total(warehouse)).toMatchObject({ events: 50n, tokens: { input: 500n, output: 50n } });
  });

  it('when copies carry the same time, with what the first says, in whatever order they come', async () => {
    const { warehouse } = await server.fresh();
    const copies = [3, 1, 2].map((offset) =>
      usageRow({ position: positionAt(offset), eventId: 'evt', tokens: { input: BigInt(offset) } }),
    );
    for (const copy of copies) await storeUsage(warehouse, [copy]);
    expect(await total(warehouse)).toMatchObject({ events: 1n, tokens: { input: 1n } });
  });

  it('when a copy carries another time in the same hour, also where a query ends between the two', async () => {
    const { warehouse } = await server.fresh();
    const first = usageRow({ position: positionAt(1), eventId: 'evt', timeMs: JULY_MS + 50 * MINUTE_MS });
    const second = usageRow({ position: positionAt(2), eventId: 'evt', timeMs: JULY_MS + 10 * MINUTE_MS });
    await storeUsage(warehouse, [first]);
    await storeUsage(warehouse, [second]);
    const question = { zone: 'UTC', groupBy: [], filters: [], limit: 10 };
    const half = JULY_MS + 30 * MINUTE_MS;
    expect((await warehouse.usage({ ...question, startMs: JULY_MS, endMs: half })).rows).toEqual([]);
    const { rows } = await warehouse.usage({ ...question, startMs: half, endMs: JULY_MS + HOUR_MS });
    expect(rows).toMatchObject([{ events: 1n }]);
  });

  it.each([
    ['another hour', 5 * HOUR_MS],
    ['another month', 33 * DAY_MS],
    ['an earlier month', -20 * DAY_MS],
  ])('when a copy carries a time in %s, after the audit', async (_, shiftMs) => {
    const { warehouse } = await server.fresh();
    const first = usageRow({ position: positionAt(1), eventId: 'evt', tokens: { input: 1n } });
    const second = usageRow({
      ...first,
      position: positionAt(2),
      timeMs: first.timeMs + shiftMs,
      tokens: { input: 2n },
    });
    await storeUsage(warehouse, [first]);
    await storeUsage(warehouse, [second]);
    expect(await warehouse.withdrawCopies()).toEqual({ withdrawn: 1 });
    expect(await total(warehouse)).toMatchObject({ events: 1n, tokens: { input: 1n } });
    expect(await warehouse.withdrawCopies()).toEqual({ withdrawn: 0 });
  });

  it('when another process writes a withdrawn copy again', async () => {
    const { warehouse } = await server.fresh();
    const first = usageRow({ position: positionAt(1), eventId: 'evt' });
    const second = usageRow({ ...first, position: positionAt(2), timeMs: first.timeMs + DAY_MS });
    await storeUsage(warehouse, [first]);
    await storeUsage(warehouse, [second]);
    await warehouse.withdrawCopies();
    await warehouse.store(batchOf([], [second]));
    expect(await total(warehouse)).toMatchObject({ events: 1n });
  });
});

describe('a voided event does not count', () => {
  const row = usageRow({ position: positionAt(1), eventId: 'evt' });
  const voiding = receiptFor(row, { position: positionAt(9), outcome: 'void', reason: 'a mistake', contentHash: 0n });

  it('when the void comes after it, however long after', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, [row]);
    await warehouse.withdrawCopies();
    const late = { ...voiding, receivedAtMs: row.receivedAtMs + 200 * DAY_MS };
    await warehouse.store(batchOf([late], []));
    await warehouse.withdrawCopies();
    expect(await total(warehouse)).toMatchObject({ events: 0n });
  });

  it('when the void comes before it', async () => {
    const { warehouse } = await server.fresh();
    await warehouse.store(batchOf([{ ...voiding, position: positionAt(0) }], []));
    await warehouse.withdrawCopies();
    await storeUsage(warehouse, [row]);
    await warehouse.withdrawCopies();
    expect(await total(warehouse)).toMatchObject({ events: 0n });
  });

  it('when it is sent again with another time after the void', async () => {
    const { warehouse } = await server.fresh();
    await storeUsage(warehouse, [row]);
    await warehouse.store(batchOf([voiding], []));
    await warehouse.withdrawCopies();
    await storeUsage(warehouse, [usageRow({ ...row, position: positionAt(20), timeMs: row.timeMs + DAY_MS })]);
    await warehouse.withdrawCopies();
    expect(await total(warehouse)).toMatchObject({ events: 0n });
  });
});

/** What happens to one event, step by step; each event of a run has a customer of its own. */
interface History {
  readonly customerId: string;
  readonly steps: readonly Step[];
}

type Step =
  | { readonly kind: 'store'; readonly row: UsageRow }
  /** A process that dies after the usage and before the receipts. */
  | { readonly kind: 'store_usage_only'; readonly row: UsageRow }
  | { readonly kind: 'void'; readonly receipt: Receipt };

const HOURS_MS = [0, 0, 1, 2, 30 * 24].map((hours) => JULY_MS + hours * HOUR_MS);
const EVENTS_PER_RUN = 60;
const STEPS = 8;

function historyOf(random: () => number, index: number): History {
  const customerId = `cus_${index}`;
  const places = shuffled(random, [0, 1, 2, 3, 4, 5, 6, 7]);
  const copies = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, copy) => {
    const timeMs = pick(random, HOURS_MS) + Math.floor(random() * HOUR_MS);
    const epoch = pick(random, [1, 1, 2]);
    const tokens = { input: BigInt(copy + 1) };
    const position = positionAt(places[copy] ?? 0);
    return usageRow({ customerId, eventId: 'evt', epoch, position, timeMs, receivedAtMs: JULY_MS, tokens });
  });
  const steps: Step[] = copies.map((row) => ({ kind: 'store', row }));
  // Repeats and half-done repeats of copies that are stored for good somewhere in the history.
  while (steps.length < STEPS) {
    const row = pick(random, copies);
    steps.push({ kind: random() < 0.5 ? 'store' : 'store_usage_only', row });
  }
  const [some] = copies;
  if (random() < 0.15 && some !== undefined) {
    const receipt = receiptFor(some, { position: positionAt(places[7] ?? 0), outcome: 'void', reason: 'a mistake' });
    steps[Math.floor(random() * STEPS)] = { kind: 'void', receipt };
  }
  return { customerId, steps: shuffled(random, steps) };
}

/** The tokens that count once the receipts of these steps are audited: the first copy's, or none. */
function modelOf(steps: readonly Step[]): bigint | undefined {
  if (steps.some(({ kind }) => kind === 'void')) return undefined;
  const rows = steps.flatMap((step) => (step.kind === 'store' ? [step.row] : []));
  const [first] = rows.sort((a, b) => a.epoch - b.epoch || Number(a.position - b.position));
  return first?.tokens.input;
}

/** True while a row is there that no receipt vouches for yet: only its own process's next try can tell. */
function isHalfDone(steps: readonly Step[]): boolean {
  const vouched = new Set(steps.flatMap((step) => (step.kind === 'store' ? [step.row] : [])));
  return steps.some((step) => step.kind === 'store_usage_only' && !vouched.has(step.row));
}

describe('copies, repeats, voids and processes that died, in any order', () => {
  it.each([1, 2, 3, 4, 5])('leave exactly the first copy after every audit (seed %i)', async (seed) => {
    const { warehouse } = await server.fresh();
    const random = seeded(seed);
    const histories = Array.from({ length: EVENTS_PER_RUN }, (_, index) => historyOf(random, index));
    for (let step = 0; step < STEPS; step++) {
      await storeSteps(
        warehouse,
        histories.map(({ steps }) => steps[step]),
      );
      await warehouse.withdrawCopies();
      const counted = await tokensByCustomer(warehouse);
      for (const { customerId, steps } of histories) {
        const done = steps.slice(0, step + 1);
        if (isHalfDone(done)) continue;
        expect({ customerId, step, counted: counted.get(customerId) }).toEqual({
          customerId,
          step,
          counted: modelOf(done),
        });
      }
    }
  });
});

async function storeSteps(warehouse: Warehouse, steps: readonly (Step | undefined)[]): Promise<void> {
  const receipts: Receipt[] = [];
  const usage: UsageRow[] = [];
  for (const step of steps) {
    if (step === undefined) continue;
    if (step.kind === 'void') {
      receipts.push(step.receipt);
      continue;
    }
    usage.push(step.row);
    if (step.kind === 'store') receipts.push(receiptFor(step.row));
  }
  await warehouse.store(batchOf(receipts, usage));
}

/** One entry for each customer that has exactly one event. */
async function tokensByCustomer(warehouse: Warehouse): Promise<Map<string, bigint>> {
  const period = { startMs: 0, endMs: Date.UTC(2040, 0) };
  const page = await warehouse.usage({ ...period, zone: 'UTC', groupBy: ['customer'], filters: [], limit: 1_000 });
  return new Map(
    page.rows.map(({ group, events, tokens }) => [
      `${group['customer']}`,
      events === 1n ? (tokens.input ?? 0n) : -events,
    ]),
  );
}
