// Bursts of refusals: a source whose requests are refused again and again, told once for as long as it goes on.

/** So many refusals of one source within a minute of the clock are a burst. */
export const BURST_REFUSALS_MIN = 50;
/** A burst is over when this long no minute had so many. */
export const BURST_QUIET_MS = 5 * 60_000;
/** A burst that goes on for longer is told again, so that an attack of days does not look like one of a minute. */
export const BURST_LONGEST_MS = 60 * 60_000;

/** A minute in which a source had at least `BURST_REFUSALS_MIN`. */
export interface LoudMinute {
  readonly source: string;
  /** The beginning of the minute. */
  readonly minuteMs: number;
}

export interface Burst {
  readonly source: string;
  /** The first of its minutes. */
  readonly startedAtMs: number;
  /** The latest of its minutes. */
  readonly lastAtMs: number;
}

/**
 * `latest`: of each source, the burst that was known last. Gives the bursts that have changed; those that were not known
 * before are `started`. The same minutes once more start nothing.
 */
export function followBursts(
  minutes: readonly LoudMinute[],
  latest: readonly Burst[],
): { readonly changed: readonly Burst[]; readonly started: readonly Burst[] } {
  const known = new Map(latest.map((burst) => [burst.source, burst]));
  const changed = new Map<string, Burst>();
  const started: Burst[] = [];
  for (const { source, minuteMs } of minutes.toSorted((one, other) => one.minuteMs - other.minuteMs)) {
    const burst = known.get(source);
    // Minutes up to the latest were looked at, or belong to a burst that was told.
    if (burst !== undefined && minuteMs <= burst.lastAtMs) continue;
    const next = follow(burst, { source, minuteMs });
    if (next.startedAtMs === minuteMs) started.push(next);
    known.set(source, next);
    changed.set(source, next);
  }
  return { changed: [...changed.values()], started };
}

function follow(burst: Burst | undefined, { source, minuteMs }: LoudMinute): Burst {
  const goesOn =
    burst !== undefined &&
    minuteMs - burst.lastAtMs <= BURST_QUIET_MS &&
    minuteMs - burst.startedAtMs < BURST_LONGEST_MS;
  return { source, startedAtMs: goesOn ? burst.startedAtMs : minuteMs, lastAtMs: minuteMs };
}
