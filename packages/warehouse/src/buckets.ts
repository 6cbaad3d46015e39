// Where the buckets of a period begin: minutes, hours, days and months as a zone's wall clock and calendar have them, cut
// to the period at both ends. The list goes to ClickHouse, which finds each row's bucket in it by halving.

import { TollgateError } from '@tollgate/domain';
import type { Bucket } from './warehouse.ts';
import { type OffsetSpan, offsetSpans, type Zone, zoneOf } from './zone.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Buckets of one query: a year of hours, or a month of minutes. */
const BUCKETS_MAX = 50_000;

export interface Buckets {
  readonly endMs: number;
  /** The start of each, ascending; the first is the period's. A bucket ends where the next starts, the last with the period. */
  readonly starts: readonly number[];
}

export interface BucketsOptions {
  readonly startMs: number;
  readonly endMs: number;
  readonly bucket: Bucket | undefined;
  readonly zone: string;
}

export function bucketsOf(options: BucketsOptions): Buckets {
  const { startMs, endMs, bucket } = options;
  const zone = zoneOf(options.zone);
  if (bucket === undefined) return { endMs, starts: [startMs] };
  const boundaries = bucket === 'day' || bucket === 'month' ? calendarStarts : clockStarts;
  const starts = [startMs];
  for (const boundaryMs of boundaries(zone, { startMs, endMs, bucket })) {
    // A date that a zone skipped begins with the next one.
    if (boundaryMs <= (starts.at(-1) ?? startMs) || boundaryMs >= endMs) continue;
    if (starts.length >= BUCKETS_MAX) throw tooMany();
    starts.push(boundaryMs);
  }
  return { endMs, starts };
}

function tooMany(): TollgateError {
  const detail = `The period holds more than ${BUCKETS_MAX} buckets. Ask for a shorter period or a longer bucket.`;
  return new TollgateError({ code: 'validation_failed', detail, errors: [{ pointer: 'bucket', detail }] });
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly bucket: Bucket;
}

/** Minutes and hours: every instant at which the wall clock shows a full one, and every move of the clock. */
function* clockStarts(zone: Zone, { startMs, endMs, bucket }: Span): Generator<number> {
  const stepMs = bucket === 'minute' ? MINUTE_MS : HOUR_MS;
  const spans = offsetSpans(zone, startMs, endMs);
  for (const [index, span] of spans.entries()) {
    if (index > 0 && span.startMs % MINUTE_MS === 0 && !isMoveByWhole(spans, { index, stepMs })) yield span.startMs;
    const spanEndMs = spans[index + 1]?.startMs ?? endMs;
    const firstMs = Math.ceil((span.startMs + span.offsetMs) / stepMs) * stepMs - span.offsetMs;
    for (let atMs = firstMs; atMs < spanEndMs; atMs += stepMs) yield atMs;
  }
}

/** A move by whole steps leaves the steps where they were, and is no boundary of its own. */
function isMoveByWhole(
  spans: readonly OffsetSpan[],
  move: { readonly index: number; readonly stepMs: number },
): boolean {
  const before = spans[move.index - 1]?.offsetMs ?? 0;
  const after = spans[move.index]?.offsetMs ?? 0;
  return (after - before) % move.stepMs === 0;
}

/** Days and months: the first instant of each local date. */
function* calendarStarts(zone: Zone, { startMs, endMs, bucket }: Span): Generator<number> {
  const local = new Date(startMs + zone.offsetMs(startMs));
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const spans = offsetSpans(zone, startMs - DAY_MS, endMs + DAY_MS);
  for (let step = 1; ; step++) {
    const localMs = bucket === 'day' ? Date.UTC(year, month, day + step) : Date.UTC(year, month + step, 1);
    const atMs = firstInstantOf(spans, localMs);
    if (atMs >= endMs) return;
    yield atMs;
  }
}

/**
 * The first instant whose local time is `localMs` or later. Where the clock skips midnight the day begins with the skip;
 * where it shows midnight twice, with the first.
 */
function firstInstantOf(spans: readonly OffsetSpan[], localMs: number): number {
  for (const [index, { startMs, offsetMs }] of spans.entries()) {
    const spanEndMs = spans[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const atMs = Math.max(localMs - offsetMs, startMs);
    if (atMs < spanEndMs) return atMs;
  }
  return Number.POSITIVE_INFINITY;
}
