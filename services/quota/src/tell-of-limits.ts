// Tells what there is to tell of limits, each thing once: that it was told is written in one transaction with the telling,
// and whichever process writes it first is the one that tells.

import type { Accounts, Limit, LimitAlert, UsedUpAlert } from '@tollgate/accounts';
import { countedWindows, type LimitNews, newsOf, projectedUse, thresholdsReached } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import { factOf, type LimitOccasion } from './limit-fact.ts';
import { customerOf, type OwnerLimits } from './owner-limits.ts';

/** A limit whose counter is known, with what was used by start of the window. */
export interface CountedLimit {
  readonly limit: Limit;
  readonly used: ReadonlyMap<number, bigint>;
}

export interface Teller {
  /** Thresholds that were reached, and limits that are on the way to be passed. A bucket has neither. */
  tellNews(of: OwnerLimits, counted: readonly CountedLimit[]): Promise<void>;
  /** Limits that were used up and are no longer: raised, reset, or in a new window. */
  tellResolved(
    owners: ReadonlyMap<string, { readonly of: OwnerLimits; readonly counted: readonly CountedLimit[] }>,
  ): Promise<void>;
}

interface TellerParts {
  readonly accounts: Pick<Accounts, 'transaction' | 'usedUpAlerts'>;
  readonly clock: Clock;
  readonly metrics: { readonly told: { inc(labels: { readonly type: string }): void } };
}

/** Forgotten all at once when there are more: then the table of alerts is asked again. */
const TOLD_MAX = 200_000;

export function createTeller({ accounts, clock, metrics }: TellerParts): Teller {
  /** What is known to have been told, so that the database is not asked each time that something is used. */
  const told = new Set<string>();

  const tell = async (of: OwnerLimits, limit: Limit, occasion: LimitOccasion): Promise<void> => {
    const alert = alertOf(limit, occasion);
    const fact = factOf({ limit, currency: of.currency }, occasion);
    const isFirst = await accounts.transaction(async (records) => {
      const isNew = await records.noteLimitAlert(alert);
      if (isNew) await records.tell(fact);
      return isNew;
    });
    if (isFirst) metrics.told.inc({ type: fact.type });
  };

  return {
    async tellNews(of, counted) {
      const nowMs = clock.now();
      for (const { limit, used } of counted) {
        for (const news of newsOfLimit(of, { limit, used }, nowMs)) {
          const name = nameOf(limit, news);
          if (told.has(name)) continue;
          await tell(of, limit, occasionOf(news, nowMs));
          if (told.size >= TOLD_MAX) told.clear();
          told.add(name);
        }
      }
    },
    async tellResolved(owners) {
      const usedUp = await accounts.usedUpAlerts([...owners.keys()].map(customerOf));
      const nowMs = clock.now();
      const resolved = new Map<string, UsedUpAlert[]>();
      for (const alert of usedUp) {
        const limits = resolved.get(alert.limitId) ?? [];
        resolved.set(alert.limitId, [...limits, alert]);
      }
      for (const { of, counted } of owners.values()) {
        for (const each of counted) {
          const alerts = resolved.get(each.limit.id);
          const standing = alerts === undefined ? null : standingOf(of, each, nowMs);
          if (alerts === undefined || standing === null || standing.isUsedUp) continue;
          await takeBack(of, each.limit, { alerts, standing, nowMs });
        }
      }
    },
  };

  /** Of several windows in which it was used up nobody heard the end: they are told of together. */
  async function takeBack(
    of: OwnerLimits,
    limit: Limit,
    {
      alerts,
      standing,
      nowMs,
    }: { readonly alerts: readonly UsedUpAlert[]; readonly standing: Standing; readonly nowMs: number },
  ): Promise<void> {
    const occasion = { kind: 'resolved', threshold: 100, ...standing, atMs: nowMs } as const;
    const fact = factOf({ limit, currency: of.currency }, occasion);
    const isFirst = await accounts.transaction(async (records) => {
      let isNew = false;
      for (const { revision, windowStartMs } of alerts) {
        const alert = { ...alertOf(limit, occasion), revision, windowStartMs };
        isNew = (await records.noteLimitAlert(alert)) || isNew;
      }
      if (isNew) await records.tell(fact);
      return isNew;
    });
    if (isFirst) metrics.told.inc({ type: fact.type });
  }
}

function newsOfLimit(of: OwnerLimits, { limit, used }: CountedLimit, nowMs: number): readonly LimitNews[] {
  if (limit.window === 'minute') return [];
  const windows = countedWindows(limit, of.windows, nowMs);
  return newsOf(
    limit,
    windows.map((window) => ({ window, used: used.get(window.startMs) ?? 0n })),
    nowMs,
  );
}

function occasionOf({ kind, threshold, used, window }: LimitNews, nowMs: number): LimitOccasion {
  const projected = kind === 'projected' ? projectedUse({ used, window, nowMs }) : null;
  return {
    ...{ kind, threshold, used, windowStartMs: window.startMs, windowEndMs: window.endMs, atMs: nowMs },
    ...(projected === null ? {} : { projected }),
  };
}

interface Standing {
  readonly isUsedUp: boolean;
  readonly used: bigint;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
}

/** In the window under way. */
function standingOf(of: OwnerLimits, { limit, used }: CountedLimit, nowMs: number): Standing | null {
  const window = countedWindows(limit, of.windows, nowMs).find(
    ({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs,
  );
  if (window === undefined || limit.window === 'minute') return null;
  const now = used.get(window.startMs) ?? 0n;
  const isUsedUp = thresholdsReached({ used: now, amount: limit.amount, thresholds: [100] }).length > 0;
  return { isUsedUp, used: now, windowStartMs: window.startMs, windowEndMs: window.endMs };
}

function alertOf(limit: Limit, { kind, threshold, used, windowStartMs, atMs }: LimitOccasion): LimitAlert {
  const { id: limitId, revision, amount } = limit;
  return { limitId, revision, windowStartMs, kind, threshold, used, amount, atMs };
}

function nameOf({ id, revision }: Limit, { kind, threshold, window }: LimitNews): string {
  return `${id} ${revision} ${window.startMs} ${kind} ${threshold}`;
}
