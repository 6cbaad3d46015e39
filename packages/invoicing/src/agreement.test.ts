import {
  calculateInvoice,
  draftLines,
  exact,
  fromPico,
  type InvoiceFigures,
  NO_PLAN,
  type PeriodInParts,
  type UseGroup,
} from '@tollgate/domain';
import type { InvoiceTotals } from '@tollgate/warehouse';
import { describe, expect, it } from 'vitest';
import { disagreements } from './agreement.ts';

const PERIOD = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 7, 1) };

function groupOf(model: string): UseGroup {
  const use = { quantity: exact(5n), cost: fromPico(10n ** 10n), events: 1n };
  return {
    ...{ projectId: null, provider: 'openai', model, serviceTier: 'standard', class: 'input', priceIds: ['prc_1'] },
    ...use,
    provenance: { reported: exact(0n), counted: exact(5n), estimated: exact(0n) },
    unpricedEvents: 0n,
    days: [{ date: '2026-07-01', ...use }],
  };
}

const USE = [groupOf('gpt-4o'), groupOf('o3')];
const TOTALS: InvoiceTotals = {
  ...{ events: 2n, unpricedEvents: 0n, costPico: 2n * 10n ** 10n, tokens: { input: 10n }, requests: 0n },
  webSearches: 0n,
};

function periodOf(use: readonly UseGroup[]): PeriodInParts {
  return { period: PERIOD, zone: 'UTC', parts: [{ span: PERIOD, subscriptionId: null, terms: NO_PLAN, use }] };
}

function figuresOf(current: PeriodInParts): InvoiceFigures {
  const drafted = draftLines({ currency: 'USD', current, earlier: [], atMs: PERIOD.endMs });
  if (drafted.kind === 'unpriced') throw new Error('everything has a price');
  return calculateInvoice({
    ...{ currency: 'USD', lines: drafted.lines, coupons: [], tax: { kind: 'none' }, creditNotes: [], grants: [] },
    ...{ balances: new Map(), atMs: PERIOD.endMs },
  });
}

describe('an invoice, its use and its events', () => {
  const current = periodOf(USE);
  const figures = figuresOf(current);
  const found = (change: Partial<Parameters<typeof disagreements>[0]>): readonly string[] =>
    disagreements({ figures, current, periods: [{ period: current, totals: TOTALS }], ...change });

  it('agree', () => {
    expect(found({})).toEqual([]);
  });

  it.each<readonly [string, Partial<InvoiceTotals>, string]>([
    ['cost', { costPico: 1n }, 'cost'],
    ['tokens', { tokens: { input: 10n, output: 1n } }, 'output'],
    ['requests', { requests: 1n }, 'requests'],
    ['web searches', { webSearches: 1n }, 'web searches'],
  ])('do not where the events have other %s', (_name, change, what) => {
    const totals = { ...TOTALS, ...change };
    expect(found({ periods: [{ period: current, totals }] })).toEqual([
      `the groups of use and the sum of the events differ in ${what}`,
    ]);
  });

  it('do not where use is on no line, or a line is another amount than it says', () => {
    expect(found({ figures: figuresOf(periodOf(USE.slice(1))) })).toEqual([
      '- openai gpt-4o standard input prc_1 is on no line',
    ]);
    const [first, ...others] = figures.lines;
    if (first === undefined) throw new Error('there is a line');
    const lines = [{ ...first, amountMinor: 2n }, ...others];
    expect(found({ figures: { ...figures, lines } })).toEqual([`line ${first.id} is not its amount, rounded`]);
  });
});
