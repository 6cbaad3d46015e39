// Holds the counters of an owner against the warehouse. Both answer for the same places of the log, so that what is under
// way is no difference. What differs twice is rebuilt.

import { setTimeout as pause } from 'node:timers/promises';
import type { Limit } from '@tollgate/accounts';
import { countedWindows, type LimitMetric } from '@tollgate/domain';
import type { LimitCounters } from '@tollgate/limits';
import type { Logger } from '@tollgate/runtime';
import type { OwnerLimits, OwnersLimits } from './owner-limits.ts';
import { type Places, type RebuildParts, rebuildLimits, untilOf } from './rebuild-limits.ts';

export interface ReconcileParts extends RebuildParts {
  readonly counters: Pick<LimitCounters, 'begin' | 'finish' | 'survey' | 'passOver'>;
  readonly limitsOf: OwnersLimits;
  readonly logger: Logger;
  readonly metrics: ReconcileMetrics;
}

export interface ReconcileMetrics {
  readonly reconciled: { inc(limits: number): void };
  /** In the unit of the metric: what counters had too much or too little when they were rebuilt for it. */
  readonly drift: { inc(labels: { readonly metric: LimitMetric }, quantity: number): void };
  readonly drifted: { inc(labels: { readonly metric: LimitMetric }): void };
}

export interface Reconciliation {
  readonly owners: readonly string[];
  /**
   * Places up to which everything was stored, long enough ago that all of it was settled or never will be: where a counter
   * is not so far, what lies between is missing from it.
   */
  readonly storedUntil: Places;
}

/** Copies that the warehouse withdraws within seconds, and the like, are no drift. */
const SECOND_LOOK_MS = 4_000;
const LIMITS_AT_ONCE = 50;

export async function reconcileOwners(
  parts: ReconcileParts,
  { owners, storedUntil }: Reconciliation,
  signal: AbortSignal,
): Promise<void> {
  const suspects: string[] = [];
  for (const owner of owners) {
    signal.throwIfAborted();
    const drifts = await driftsOf(parts, owner, storedUntil);
    if (drifts.length > 0) suspects.push(owner);
  }
  if (suspects.length === 0) return;
  await pause(SECOND_LOOK_MS, undefined, { signal });
  for (const owner of suspects) {
    signal.throwIfAborted();
    const drifts = await driftsOf(parts, owner, storedUntil);
    if (drifts.length > 0) await heal(parts, { owner, drifts, storedUntil });
  }
}

interface Drift {
  readonly limit: Limit;
  /** Never negative. */
  readonly quantity: bigint;
}

async function driftsOf(parts: ReconcileParts, owner: string, storedUntil: Places): Promise<readonly Drift[]> {
  const of = await parts.limitsOf.of(owner);
  if (of === null) return [];
  const limits = of.limits.filter(({ window }) => window !== 'minute');
  const drifts: Drift[] = [];
  for (let from = 0; from < limits.length; from += LIMITS_AT_ONCE) {
    drifts.push(...(await compareSome(parts, of, { limits: limits.slice(from, from + LIMITS_AT_ONCE), storedUntil })));
  }
  return drifts;
}

async function compareSome(
  { counters, warehouse, clock, metrics }: ReconcileParts,
  { owner, customerId, currency, windows }: OwnerLimits,
  { limits, storedUntil }: { readonly limits: readonly Limit[]; readonly storedUntil: Places },
): Promise<readonly Drift[]> {
  const nowMs = clock.now();
  const survey = await counters.survey(owner, limits);
  const known = limits.flatMap((limit, at) => {
    const counter = survey.counters[at];
    if (counter?.isKnown !== true || counter.definition !== 'same') return [];
    return [{ ...{ limit, used: counter.used }, windows: countedWindows(limit, windows, nowMs) }];
  });
  const stored = await warehouse.limitUse({
    ...{ customerId, currency, until: untilOf(furthest(survey.places, storedUntil)) },
    limits: known.map(({ limit, windows: spans }) => ({ ...limit, windows: spans })),
  });
  metrics.reconciled.inc(known.length);
  return known.flatMap(({ limit, used, windows: spans }, at) => {
    const quantity = spans.reduce((sum, { startMs }) => {
      const difference = (used.get(startMs) ?? 0n) - (stored[at]?.get(startMs) ?? 0n);
      return sum + (difference < 0n ? -difference : difference);
    }, 0n);
    return quantity === 0n ? [] : [{ limit, quantity }];
  });
}

/** What was passed over is missing from every counter of the owner: all of them are rebuilt. */
async function heal(
  parts: ReconcileParts,
  found: { readonly owner: string; readonly drifts: readonly Drift[]; readonly storedUntil: Places },
): Promise<void> {
  const { counters, limitsOf, logger, metrics } = parts;
  const { owner, drifts, storedUntil } = found;
  const of = await limitsOf.of(owner);
  if (of === null) return;
  for (const { limit, quantity } of drifts) {
    metrics.drifted.inc({ metric: limit.metric });
    metrics.drift.inc({ metric: limit.metric }, Number(quantity));
    logger.warn({ limit: limit.id, quantity: String(quantity) }, 'a counter of a limit differs from the warehouse');
  }
  await counters.passOver(owner, storedUntil);
  await rebuildLimits(parts, of, of.limits);
}

function furthest(one: Places, other: Places): Places {
  const places = new Map(one);
  for (const [partition, place] of other) {
    if (place > (places.get(partition) ?? '')) places.set(partition, place);
  }
  return places;
}
