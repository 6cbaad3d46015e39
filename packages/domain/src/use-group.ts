// Use as invoices look at it: what events of one kind add up to. Groups of any two batches add up to the groups of both, so
// that it makes no difference how events are cut into batches, or in which order they come.

import { dateTextAt } from './billing-period.ts';
import type { CostClass } from './cost-classes.ts';
import { type Exact, exact, plus, sum, ZERO } from './exact.ts';
import { fromPico } from './money.ts';
import type { PriceClass } from './price.ts';
import { type Provenance, TOKEN_CLASSES } from './token-classes.ts';
import type { UsageRow } from './usage.ts';

/** How much of a quantity comes from where. */
export type QuantityByProvenance = Readonly<Record<Provenance, Exact>>;

/** What of a group fell on one date. */
export interface DayUse {
  /** `2026-11-24`, in the zone of the invoice. */
  readonly date: string;
  readonly quantity: Exact;
  readonly cost: Exact;
  readonly events: bigint;
}

export interface UseGroup {
  readonly projectId: string | null;
  readonly provider: string;
  /** As events name it; empty for meters. */
  readonly model: string;
  readonly serviceTier: string;
  readonly class: PriceClass;
  /** The versions of prices that made the cost of the events, in order. */
  readonly priceIds: readonly string[];
  readonly quantity: Exact;
  /** Adds up to the quantity. */
  readonly provenance: QuantityByProvenance;
  /** What this class of the events cost by the price book, in units of the currency. */
  readonly cost: Exact;
  /** Events that have something of the class. */
  readonly events: bigint;
  /** Those among them that have no cost yet. */
  readonly unpricedEvents: bigint;
  /** Each date once, in order: quantities, costs and events add up to the group's. */
  readonly days: readonly DayUse[];
}

const NO_PROVENANCE: QuantityByProvenance = { reported: ZERO, counted: ZERO, estimated: ZERO };

/**
 * The groups of events without meters, which measure what no single event shows; each event counted once: of rows with the same id the one that stands first in the log. Days are dates of
 * the IANA zone.
 */
export function gatherUse(rows: Iterable<UsageRow>, zone: string): readonly UseGroup[] {
  const first = new Map<string, UsageRow>();
  for (const row of rows) {
    const id = JSON.stringify([row.customerId, row.eventId]);
    const known = first.get(id);
    if (known === undefined || isBefore(row, known)) first.set(id, row);
  }
  return mergeUse([...first.values()].flatMap((row) => groupsOf(row, zone)));
}

function isBefore(a: UsageRow, b: UsageRow): boolean {
  return a.epoch === b.epoch ? a.position < b.position : a.epoch < b.epoch;
}

/** Groups that differ in nothing but amounts become one. In an order that depends on what they are of alone. */
export function mergeUse(groups: Iterable<UseGroup>): readonly UseGroup[] {
  const alike = new Map<string, [UseGroup, ...UseGroup[]]>();
  for (const group of groups) {
    const key = keyOf(group);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [group]);
    else known.push(group);
  }
  return [...alike].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => together(group));
}

function keyOf(group: UseGroup): string {
  const { projectId, provider, model, serviceTier, priceIds } = group;
  return JSON.stringify([projectId ?? '', provider, model, serviceTier, group.class, ...priceIds]);
}

function together(groups: readonly [UseGroup, ...UseGroup[]]): UseGroup {
  const [first, ...others] = groups;
  if (others.length === 0) return first;
  return {
    ...first,
    ...totalOf(groups),
    provenance: provenanceOf(groups),
    unpricedEvents: groups.reduce((count, { unpricedEvents }) => count + unpricedEvents, 0n),
    days: mergeDays(groups.flatMap(({ days }) => days)),
  };
}

function totalOf(uses: readonly Omit<DayUse, 'date'>[]): Omit<DayUse, 'date'> {
  return {
    quantity: sum(uses.map(({ quantity }) => quantity)),
    cost: sum(uses.map(({ cost }) => cost)),
    events: uses.reduce((count, { events }) => count + events, 0n),
  };
}

function mergeDays(days: readonly DayUse[]): readonly DayUse[] {
  const byDate = new Map<string, DayUse[]>();
  for (const day of days) {
    const known = byDate.get(day.date);
    if (known === undefined) byDate.set(day.date, [day]);
    else known.push(day);
  }
  return [...byDate]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([date, ofDate]) => ({ date, ...totalOf(ofDate) }));
}

function addProvenance(a: QuantityByProvenance, b: QuantityByProvenance): QuantityByProvenance {
  return {
    reported: plus(a.reported, b.reported),
    counted: plus(a.counted, b.counted),
    estimated: plus(a.estimated, b.estimated),
  };
}

export function provenanceOf(groups: readonly UseGroup[]): QuantityByProvenance {
  return groups.map(({ provenance }) => provenance).reduce(addProvenance, NO_PROVENANCE);
}

/** One event by its classes: their costs add up to the event's. */
function groupsOf(row: UsageRow, zone: string): readonly UseGroup[] {
  const { projectId, provider, model, serviceTier } = row;
  const date = dateTextAt(row.timeMs, zone);
  const groupOf = (priceClass: PriceClass, costClass: CostClass, amount: bigint, from: Provenance): UseGroup => {
    const use = { quantity: exact(amount), cost: fromPico(row.costByClass[costClass] ?? 0n), events: 1n };
    return {
      ...{ projectId, provider, model, serviceTier, class: priceClass },
      priceIds: row.priceIds.toSorted(),
      ...use,
      provenance: { ...NO_PROVENANCE, [from]: exact(amount) },
      unpricedEvents: row.costPico === null ? 1n : 0n,
      days: [{ date, ...use }],
    };
  };
  const groups = TOKEN_CLASSES.filter((name) => (row.tokens[name] ?? 0n) !== 0n).map((name) =>
    groupOf(name, name, row.tokens[name] ?? 0n, row.provenance[name] ?? 'estimated'),
  );
  // We saw the request ourselves; that it searched the web is what the provider says.
  if (row.requests !== 0n) groups.push(groupOf('requests', 'requests', row.requests, 'counted'));
  if (row.webSearches !== 0n) groups.push(groupOf('web_searches', 'web_searches', row.webSearches, 'reported'));
  return groups;
}
