// The limits with their live numbers: calendars from the accounts, counts from the counters. That the counters are away is
// said of each limit, and fails nothing.

import { setTimeout as pause } from 'node:timers/promises';
import type { AccountRecords, Limit } from '@tollgate/accounts';
import { type Calendar, countingStart } from '@tollgate/domain';
import type { LimitCounters, LimitReading } from '@tollgate/limits';
import type { Clock, Logger } from '@tollgate/runtime';
import { figuresOf, type LimitFigures, windowOf } from './limit-figures.ts';
import { limitJson } from './limit-json.ts';

/** How long an answer waits for counters that are being made; the usual is a fraction of it. */
const KNOWN_WAIT_MAX_MS = 1_500;
const KNOWN_POLL_MS = 50;
/** Owners of limits that are asked for at once. */
const OWNERS_AT_ONCE = 50;

/** A limit and the calendar of its windows: all that is needed to look at it, without the accounts. */
interface DatedLimit {
  readonly limit: Limit;
  readonly calendar: Calendar;
  /** What its amounts are in where they are money. */
  readonly currency: string;
}

type LimitJson = ReturnType<typeof limitJson>;

export interface LiveLimits {
  dated(records: AccountRecords, limits: readonly Limit[]): Promise<readonly DatedLimit[]>;
  show(dated: readonly DatedLimit[]): Promise<readonly LimitJson[]>;
  /** As `show`, once their counters are known, or have not become so in time. */
  showOnceKnown(dated: readonly DatedLimit[]): Promise<readonly LimitJson[]>;
}

export function createLiveLimits(options: {
  readonly counters: Pick<LimitCounters, 'read'>;
  readonly clock: Clock;
  readonly logger: Logger;
}): LiveLimits {
  const { clock } = options;

  const figures = async (dated: readonly DatedLimit[]): Promise<readonly LimitFigures[]> => {
    const nowMs = clock.now();
    const readings = await readAll(dated, { ...options, nowMs });
    return dated.map(({ limit, calendar }) =>
      figuresOf({ limit, window: windowOf(limit, calendar, nowMs), reading: readings.get(limit.id) ?? null, nowMs }),
    );
  };
  const show = async (dated: readonly DatedLimit[]): Promise<readonly LimitJson[]> => {
    const shown = await figures(dated);
    return dated.flatMap(({ limit, currency }, at) => {
      const found = shown[at];
      return found === undefined ? [] : [limitJson({ limit, figures: found, currency })];
    });
  };

  return {
    dated: datedLimits,
    show,
    async showOnceKnown(dated) {
      const deadlineMs = performance.now() + KNOWN_WAIT_MAX_MS;
      for (;;) {
        const shown = await show(dated);
        if (!shown.some(({ state }) => state === 'rebuilding') || performance.now() >= deadlineMs) return shown;
        await pause(KNOWN_POLL_MS);
      }
    },
  };
}

async function datedLimits(records: AccountRecords, limits: readonly Limit[]): Promise<readonly DatedLimit[]> {
  if (limits.length === 0) return [];
  const customerIds = [...new Set(limits.flatMap(({ customerId }) => customerId ?? []))];
  const reckonings = await records.limitReckonings(customerIds);
  const organization = limits.some(({ customerId }) => customerId === null) ? await records.limitSet(null) : null;
  return limits.map((limit) => {
    const { customerId } = limit;
    const found = customerId === null ? organization : reckonings.get(customerId);
    if (found === undefined || found === null) throw new Error(`the owner of ${limit.id} is not there`);
    return { limit, calendar: found.calendar, currency: found.currency };
  });
}

interface Reading {
  readonly counters: Pick<LimitCounters, 'read'>;
  readonly logger: Logger;
  readonly nowMs: number;
}

/** By limit; none for those whose counters could not be reached. */
async function readAll(dated: readonly DatedLimit[], reading: Reading): Promise<ReadonlyMap<string, LimitReading>> {
  const byOwner = new Map<string, DatedLimit[]>();
  for (const each of dated) {
    const owner = each.limit.customerId ?? 'organization';
    const others = byOwner.get(owner);
    if (others === undefined) byOwner.set(owner, [each]);
    else others.push(each);
  }
  const found = new Map<string, LimitReading>();
  const owners = [...byOwner];
  for (let from = 0; from < owners.length; from += OWNERS_AT_ONCE) {
    const batch = owners.slice(from, from + OWNERS_AT_ONCE);
    await Promise.all(
      batch.map(async ([owner, limits]) => {
        const readings = await readOwner(owner, limits, reading);
        for (const [at, { limit }] of limits.entries()) {
          const one = readings[at];
          if (one !== undefined) found.set(limit.id, one);
        }
      }),
    );
  }
  return found;
}

async function readOwner(
  owner: string,
  dated: readonly DatedLimit[],
  { counters, logger, nowMs }: Reading,
): Promise<readonly LimitReading[]> {
  const asked = dated.map(({ limit, calendar }) => {
    const window = windowOf(limit, calendar, nowMs);
    return { limit, amount: limit.amount, windowStartMs: window === null ? 0 : countingStart(limit, window.startMs) };
  });
  try {
    return await counters.read(owner, asked);
  } catch (error) {
    logger.debug({ err: error, owner }, 'the counters of limits cannot be reached: shown without their numbers');
    return [];
  }
}
