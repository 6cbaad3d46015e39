// Use as invoices look at it: what events of one kind add up to. Groups of any two batches add up to the groups of both, so
// that it makes no difference how events are cut into batches, or in which order they come.

import type { CostClass } from './cost-classes.ts';
import { type Exact, exact, plus, ZERO } from './exact.ts';
import { fromPico } from './money.ts';
import type { PriceClass } from './price.ts';
import { type Provenance, TOKEN_CLASSES } from './token-classes.ts';
import type { UsageRow } from './usage.ts';

/** How much of a quantity comes from where. */
export type QuantityByProvenance = Readonly<Record<Provenance, Exact>>;

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
}

const NO_PROVENANCE: QuantityByProvenance = { reported: ZERO, counted: ZERO, estimated: ZERO };

/** The groups of events, each counted once: of rows with the same id the one that stands first in the log. */
export function gatherUse(rows: Iterable<UsageRow>): readonly UseGroup[] {
  const first = new Map<string, UsageRow>();
  for (const row of rows) {
    const id = JSON.stringify([row.customerId, row.eventId]);
    const known = first.get(id);
    if (known === undefined || isBefore(row, known)) first.set(id, row);
  }
  return mergeUse([...first.values()].flatMap(groupsOf));
}

function isBefore(a: UsageRow, b: UsageRow): boolean {
  return a.epoch === b.epoch ? a.position < b.position : a.epoch < b.epoch;
}

/** Groups that differ in nothing but amounts become one. In an order that depends on what they are of alone. */
export function mergeUse(groups: Iterable<UseGroup>): readonly UseGroup[] {
  const merged = new Map<string, UseGroup>();
  for (const group of groups) {
    const key = keyOf(group);
    const known = merged.get(key);
    merged.set(key, known === undefined ? group : added(known, group));
  }
  return [...merged].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}

function keyOf(group: UseGroup): string {
  const { projectId, provider, model, serviceTier, priceIds } = group;
  return JSON.stringify([projectId ?? '', provider, model, serviceTier, group.class, ...priceIds]);
}

function added(a: UseGroup, b: UseGroup): UseGroup {
  return {
    ...a,
    quantity: plus(a.quantity, b.quantity),
    provenance: addProvenance(a.provenance, b.provenance),
    cost: plus(a.cost, b.cost),
    events: a.events + b.events,
    unpricedEvents: a.unpricedEvents + b.unpricedEvents,
  };
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
function groupsOf(row: UsageRow): readonly UseGroup[] {
  const { projectId, provider, model, serviceTier } = row;
  const groupOf = (priceClass: PriceClass, costClass: CostClass, amount: bigint, from: Provenance): UseGroup => ({
    ...{ projectId, provider, model, serviceTier, class: priceClass },
    priceIds: row.priceIds.toSorted(),
    quantity: exact(amount),
    provenance: { ...NO_PROVENANCE, [from]: exact(amount) },
    cost: fromPico(row.costByClass[costClass] ?? 0n),
    events: 1n,
    unpricedEvents: row.costPico === null ? 1n : 0n,
  });
  const groups = TOKEN_CLASSES.filter((name) => (row.tokens[name] ?? 0n) !== 0n).map((name) =>
    groupOf(name, name, row.tokens[name] ?? 0n, row.provenance[name] ?? 'estimated'),
  );
  // We saw the request ourselves; that it searched the web is what the provider says.
  if (row.requests !== 0n) groups.push(groupOf('requests', 'requests', row.requests, 'counted'));
  if (row.webSearches !== 0n) groups.push(groupOf('web_searches', 'web_searches', row.webSearches, 'reported'));
  if (row.costByClass.meter !== undefined) groups.push(groupOf(`meter:${row.type}`, 'meter', 0n, 'counted'));
  return groups;
}
