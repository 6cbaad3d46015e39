// Settles what was stored: what an event really used is counted by the limits of its customer and of the organization, and
// the reservation that it names ends. Limits never stop the counter: what cannot be settled in time is kept and settled
// together with what follows it, in the order of the log, and its owners are looked at by the quota service.

import { setTimeout as pause } from 'node:timers/promises';
import { limitedUseOf, placeTextOf, type SettledEvent, type UsageRow } from '@tollgate/domain';
import type { LimitCounters, LimitSignals } from '@tollgate/limits';
import type { Clock, Logger } from '@tollgate/runtime';
import { ORGANIZATION, type OwnerCalendars } from './owner-calendars.ts';
import { atOnce, InTurn } from './turns.ts';
import { type OwnerEvents, UnsettledEvents } from './unsettled-events.ts';

export interface Settler {
  /** The rows of one batch of one partition in the order of their places, once they are stored. Never rejects. */
  settle(rows: readonly UsageRow[]): Promise<void>;
  /** Tries again what is left, for partitions that nothing more comes from. Never rejects. */
  retry(): Promise<void>;
  /** Whether limits wait to be told of events of this partition for which `settle` has returned. */
  isBehind(partition: number): boolean;
}

export interface SettlerParts {
  readonly counters: Pick<LimitCounters, 'touch' | 'settle'>;
  readonly signals: Pick<LimitSignals, 'tell'>;
  readonly calendars: OwnerCalendars;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SettlerMetrics;
  readonly bounds?: Partial<SettlerBounds>;
}

interface SettlerBounds {
  /** How long a batch is tried before counting goes on without; nothing while the last one was given up. */
  readonly budgetMs: number;
  /** Events that are kept meanwhile; past it the warehouse alone has them, and counters are rebuilt from there. */
  readonly unsettledMax: number;
}

interface SettlerMetrics {
  /** Stored events that limits wait to be told of. */
  readonly unsettled: { set(events: number): void };
  /** Events that limits are not told of: their counters are rebuilt. */
  readonly passedOver: { inc(events: number): void };
}

/** Owners that are settled at the same time: Redis writes to its disk once for all that came together. */
const OWNERS_AT_ONCE = 512;
const BOUNDS: SettlerBounds = { budgetMs: 2_000, unsettledMax: 100_000 };
const RETRY_PAUSE_MS = 100;
const BEHIND_MAX = 100_000;

export function createSettler(parts: SettlerParts): Settler {
  const { signals, logger, metrics } = parts;
  const { budgetMs, unsettledMax } = { ...BOUNDS, ...parts.bounds };
  const unsettled = new UnsettledEvents(unsettledMax);
  const partitions = new InTurn();
  const behind = new Set<string>();
  const late = new Set<number>();
  let isAway = false;

  const tell = async (signal: 'changed' | 'behind', owners: ReadonlySet<string>): Promise<void> => {
    if (owners.size > 0) await signals.tell(signal, [...owners]);
  };

  /** What could not be settled of these. */
  const attempt = async (groups: readonly OwnerEvents[]): Promise<readonly OwnerEvents[]> => {
    const changed = new Set<string>();
    const failed: OwnerEvents[] = [];
    await atOnce(OWNERS_AT_ONCE, groups, async (group) => {
      try {
        if (await settleOwner(parts, group)) changed.add(group.owner);
      } catch (error) {
        if (failed.length === 0) logger.debug({ err: error, owner: group.owner }, 'limits were not told of events');
        failed.push(group);
      }
    });
    // Whom it does not reach hears of it in the next round of the quota service.
    await tell('changed', changed).catch(() => undefined);
    return failed;
  };

  const attemptWithin = async (groups: readonly OwnerEvents[], forMs: number): Promise<readonly OwnerEvents[]> => {
    const deadlineMs = performance.now() + forMs;
    let failed = await attempt(groups);
    while (failed.length > 0 && performance.now() < deadlineMs) {
      await pause(RETRY_PAUSE_MS);
      failed = await attempt(failed);
    }
    return failed;
  };

  const keep = (failed: readonly OwnerEvents[]): void => {
    for (const group of failed) {
      if (!unsettled.add(group)) metrics.passedOver.inc(group.rows.length);
      if (behind.size < BEHIND_MAX) behind.add(group.owner);
    }
    metrics.unsettled.set(unsettled.size);
  };

  const settleAll = async (partition: number, groups: readonly OwnerEvents[]): Promise<void> => {
    const failed = await attemptWithin(groups, isAway ? 0 : budgetMs);
    keep(failed);
    if (failed.length === 0) late.delete(partition);
    else late.add(partition);
    if (failed.length > 0 && !isAway) logger.warn({ owners: failed.length }, 'limits are not told of what was used');
    if (failed.length === 0 && isAway) logger.info('limits are told again of what was used');
    isAway = failed.length > 0;
  };

  return {
    async settle(rows) {
      const partition = rows[0]?.partition;
      if (partition === undefined) return;
      await partitions.run(partition, async () => {
        await settleAll(partition, unsettled.takeWith(partition, groupByOwner(partition, rows)));
      });
    },
    isBehind: (partition) => late.has(partition) || behind.size > 0,
    async retry() {
      for (const partition of unsettled.partitions()) {
        await partitions.run(partition, () => settleAll(partition, unsettled.takeWith(partition, [])));
      }
      if (isAway || behind.size === 0) return;
      const owners = new Set(behind);
      try {
        await tell('behind', owners);
        for (const owner of owners) behind.delete(owner);
      } catch (error) {
        logger.debug({ err: error }, 'owners that are behind could not be told of');
      }
    },
  };
}

/** Whether counters changed. A customer without limits costs one call. */
async function settleOwner(
  { counters, calendars, clock }: SettlerParts,
  { owner, partition, rows }: OwnerEvents,
): Promise<boolean> {
  const last = rows.at(-1);
  if (last === undefined) return false;
  const hasLimits = await counters.touch(owner, { partition, place: placeTextOf(last) });
  if (!hasLimits) return false;
  const calendar = await calendars.of(owner);
  if (calendar === null) return false;
  const nowMs = clock.now();
  const events = rows.map((row): SettledEvent => {
    const { keyId, projectId, customerId, model, timeMs, reservation } = row;
    return {
      ...{ keyId, projectId, customerId, model, timeMs },
      place: placeTextOf(row),
      use: limitedUseOf(row, calendar.currency),
      windowStarts: calendar.windows.startsFor(timeMs, nowMs),
      reservationId: reservation === '' ? null : reservation,
    };
  });
  return (await counters.settle(owner, { partition, events })).length > 0;
}

function groupByOwner(partition: number, rows: readonly UsageRow[]): readonly OwnerEvents[] {
  const groups = new Map<string, UsageRow[]>([[ORGANIZATION, [...rows]]]);
  for (const row of rows) {
    const group = groups.get(row.customerId);
    if (group === undefined) groups.set(row.customerId, [row]);
    else group.push(row);
  }
  return [...groups].map(([owner, own]) => ({ owner, partition, rows: own }));
}
