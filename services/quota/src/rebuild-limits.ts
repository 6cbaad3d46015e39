// Counts anew what was used of limits: from here on events are added, what was used until here is asked of the warehouse.
// A counter that is live stays so meanwhile. Several processes may do so at once: the last that began is the one that counts.

import { randomUUID } from 'node:crypto';
import { countedWindows, type LimitRule, placeOfText, placeTextOf } from '@tollgate/domain';
import type { LimitCounters } from '@tollgate/limits';
import type { Clock } from '@tollgate/runtime';
import type { Warehouse } from '@tollgate/warehouse';
import type { OwnerLimits } from './owner-limits.ts';

export interface RebuildParts {
  readonly counters: Pick<LimitCounters, 'begin' | 'finish'>;
  readonly warehouse: Pick<Warehouse, 'storedUntil' | 'limitUse'>;
  readonly clock: Clock;
}

/** Begun together, so that most of them are asked for at the same places, in one question. */
const LIMITS_AT_ONCE = 50;

type Owner = Omit<OwnerLimits, 'limits'>;

export type Places = ReadonlyMap<number, string>;

/** How far each partition of the log is stored. */
export async function storedPlaces(warehouse: Pick<Warehouse, 'storedUntil'>): Promise<Places> {
  const stored = await warehouse.storedUntil();
  return new Map([...stored].map(([partition, place]) => [partition, placeTextOf(place)]));
}

export function untilOf(places: Places) {
  return new Map([...places].map(([partition, text]) => [partition, placeOfText(text)]));
}

export async function rebuildLimits(parts: RebuildParts, of: Owner, limits: readonly LimitRule[]): Promise<void> {
  for (let from = 0; from < limits.length; from += LIMITS_AT_ONCE) {
    await rebuildSome(parts, of, limits.slice(from, from + LIMITS_AT_ONCE));
  }
}

async function rebuildSome(parts: RebuildParts, of: Owner, limits: readonly LimitRule[]): Promise<void> {
  const { counters, warehouse } = parts;
  const token = randomUUID();
  const storedUntil = await storedPlaces(warehouse);
  const begun = await Promise.all(
    limits.map(async (limit) => {
      const places = await counters.begin(of.owner, { definition: limit, amount: limit.amount, token, storedUntil });
      return { limit, places };
    }),
  );
  for (const { places, limits: together } of byPlaces(begun)) await finishSome(parts, of, { token, places, together });
}

async function finishSome(
  { counters, warehouse, clock }: RebuildParts,
  { owner, customerId, currency, windows }: Owner,
  begun: { readonly token: string; readonly places: Places; readonly together: readonly LimitRule[] },
): Promise<void> {
  const { token, places, together } = begun;
  const nowMs = clock.now();
  const used = await warehouse.limitUse({
    ...{ customerId, currency, until: untilOf(places) },
    limits: together.map((limit) => ({ ...limit, windows: countedWindows(limit, windows, nowMs) })),
  });
  await Promise.all(
    together.map((limit, at) =>
      counters.finish(owner, { limitId: limit.id, token, used: withoutZeros(used[at] ?? new Map()) }),
    ),
  );
}

/** A window without use needs no place among those that are kept. */
function withoutZeros(used: ReadonlyMap<number, bigint>): ReadonlyMap<number, bigint> {
  return new Map([...used].filter(([, quantity]) => quantity > 0n));
}

function byPlaces(
  begun: readonly { readonly limit: LimitRule; readonly places: Places }[],
): readonly { readonly places: Places; readonly limits: readonly LimitRule[] }[] {
  const groups = new Map<string, { readonly places: Places; readonly limits: LimitRule[] }>();
  for (const { limit, places } of begun) {
    const key = JSON.stringify([...places].sort(([one], [other]) => one - other));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { places, limits: [limit] });
    else group.limits.push(limit);
  }
  return [...groups.values()];
}
