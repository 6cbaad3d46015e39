// The port of the warehouse: where counted usage is stored once, and where every question about it is answered.

import type { CostByClass, LimitDefinition, Meter, Receipt, TimeSpan, TokenClass, UsageRow } from '@tollgate/domain';
import type { InvoiceUsage, OfEach } from './invoices.ts';
import type { Rerating } from './rerates.ts';

/** Consecutive entries of one partition of the log, by offset (`position >> 12`): `[firstOffset, nextOffset)`. */
export interface OffsetRange {
  readonly epoch: number;
  readonly partition: number;
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
}

/** What came of consecutive records of one partition of the log. */
export interface StoredBatch {
  /** The entries that the records came from, from which the books tell whether any was skipped. */
  readonly range: OffsetRange;
  /** One for each record, whatever became of it. */
  readonly receipts: readonly Receipt[];
  /** One for each record that counts; known copies are left out. */
  readonly usage: readonly UsageRow[];
}

/** Everything accepted before `asOfMs` in this partition is stored. */
export interface PartitionWatermark {
  readonly epoch: number;
  readonly partition: number;
  readonly asOfMs: number;
}

export const BUCKETS = ['minute', 'hour', 'day', 'month'] as const;
export type Bucket = (typeof BUCKETS)[number];

export const GROUP_FIELDS = [
  'customer',
  'project',
  'key',
  'model',
  'provider',
  'type',
  'service_tier',
  'status',
  'currency',
  'token_class',
] as const;

/** A column to group or filter by; `metadata.NAME` is a label of the event. */
export type UsageField = (typeof GROUP_FIELDS)[number] | `metadata.${string}`;

export interface UsageFilter {
  readonly field: UsageField;
  /** Rows that have any of these values. */
  readonly values: readonly string[];
}

export interface UsageQuery {
  /** Half-open: `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  /** Absent: the whole period is one bucket. */
  readonly bucket?: Bucket;
  /** IANA time zone that day and month buckets follow. */
  readonly zone: string;
  readonly groupBy: readonly UsageField[];
  readonly filters: readonly UsageFilter[];
  readonly limit: number;
  readonly cursor?: string;
}

export interface UsageBucket {
  readonly startMs: number;
  readonly endMs: number;
  readonly group: Readonly<Record<string, string>>;
  /** Tokens by class; classes without a token are left out. */
  readonly tokens: Readonly<Partial<Record<TokenClass, bigint>>>;
  readonly requests: bigint;
  readonly webSearches: bigint;
  readonly events: bigint;
  /** Picounits of the currency, over the priced events; null where their currencies are several. */
  readonly costPico: bigint | null;
  /** ISO 4217; null where nothing is priced, or the currencies are several. */
  readonly currency: string | null;
  readonly unpricedEvents: bigint;
}

/** Of one currency. */
export interface CostBucket {
  readonly startMs: number;
  readonly endMs: number;
  readonly group: Readonly<Record<string, string>>;
  /** ISO 4217; null for events from before prices. */
  readonly currency: string | null;
  /** Picounits, over the priced events; so are the next two. */
  readonly costPico: bigint;
  readonly costByClass: CostByClass;
  readonly cacheSavingsPico: bigint;
  readonly events: bigint;
  readonly unpricedEvents: bigint;
}

export interface DriftQuery {
  /** Half-open: `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  /** At least one; not the token class. */
  readonly groupBy: readonly UsageField[];
  readonly filters: readonly UsageFilter[];
  readonly limit: number;
  readonly cursor?: string;
}

/** One side of the events of a group that were both reported and counted on that side. */
export interface DriftSide {
  readonly events: bigint;
  /** Input: all of it, cached or not. Output: all but reasoning, which no text shows. */
  readonly reportedTokens: bigint;
  readonly countedTokens: bigint;
  /** Of |counted - reported| / reported of each event; an event with nothing reported is compared with 1. */
  readonly eventP50: number;
  readonly eventP95: number;
  readonly eventMax: number;
}

export interface DriftGroup {
  readonly group: Readonly<Record<string, string>>;
  /** Events that are compared on one side or both. */
  readonly events: bigint;
  readonly input: DriftSide | null;
  readonly output: DriftSide | null;
}

/** What every meter can be grouped by, beside its own dimensions. */
export const METER_FIELDS = ['customer', 'project', 'key'] as const;

export interface MeterQuery {
  readonly meter: Meter;
  /** Half-open: `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  /** Absent: the whole period is one bucket. */
  readonly bucket?: Bucket;
  /** IANA time zone that day and month buckets follow. */
  readonly zone: string;
  /** Of `METER_FIELDS` and the names of the meter's dimensions. */
  readonly groupBy: readonly string[];
  readonly filters: readonly UsageFilter[];
  /** By partition of the log: the last place that counts. Absent: everything does. */
  readonly until?: ReadonlyMap<number, StoredPlace>;
  readonly limit: number;
  readonly cursor?: string;
}

export interface MeterBucket {
  readonly startMs: number;
  readonly endMs: number;
  readonly group: Readonly<Record<string, string>>;
  /** A decimal as text, exact to 18 digits after the point; null where no event has a value. */
  readonly value: string | null;
  readonly events: bigint;
  /** Events without a value that can be aggregated: theirs is missing, no number or no scalar. */
  readonly skipped: bigint;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

export const EVENT_STATES = ['counted', 'duplicate', 'conflict', 'dead_lettered', 'voided'] as const;
export type EventState = (typeof EVENT_STATES)[number];

export interface EventsQuery {
  readonly startMs: number;
  readonly endMs: number;
  readonly customerId?: string;
  readonly keyId?: string;
  readonly eventId?: string;
  readonly model?: string;
  readonly state?: EventState;
  /** Receipts with this reason: why they could not be counted. */
  readonly reason?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** One copy of an event as it was received, and what became of it. Newest first in lists. */
export interface EventView {
  readonly receipt: Receipt;
  readonly state: EventState;
  /** What was counted; null for copies, conflicts and dead letters. */
  readonly usage: UsageRow | null;
}

/** `accepted = stored + duplicate + conflict + deadLettered + voided`; events of one identity fall in the period of the first. */
export interface BooksCount {
  readonly accepted: bigint;
  readonly stored: bigint;
  readonly duplicate: bigint;
  readonly conflict: bigint;
  readonly deadLettered: bigint;
  readonly voided: bigint;
  /** Entries of the log missing between the first and the last consumed, over all time: anything but 0 is a loss. */
  readonly missingEntries: bigint;
}

/** How far a partition of the log is stored: every record below this offset is. */
export interface ConsumedUntil {
  readonly epoch: number;
  readonly partition: number;
  readonly nextOffset: bigint;
}

/** A place in a partition of the log. */
export interface StoredPlace {
  readonly epoch: number;
  readonly position: bigint;
}

/** One limit, as far as it says what counts. */
export interface LimitUseQuestion extends Pick<LimitDefinition, 'scope' | 'modelPattern' | 'metric'> {
  /** Half-open, by the events' time, with starts of their own. An end may be infinite. */
  readonly windows: readonly TimeSpan[];
}

export interface LimitUseQuery {
  /** Whose use counts; null: everybody's. */
  readonly customerId: string | null;
  /** ISO 4217: cost in another currency does not count. */
  readonly currency: string;
  readonly limits: readonly LimitUseQuestion[];
  /** By partition of the log: the last place that counts. Of a partition that is not named nothing does. */
  readonly until: ReadonlyMap<number, StoredPlace>;
}

export interface BooksPeriod {
  readonly startMs: number;
  readonly endMs: number;
  readonly customerId?: string;
  /**
   * Leaves out what lies beyond: receipts and events are counted one after the other, and while events flow only a common
   * end makes them comparable. Absent: nothing may be flowing.
   */
  readonly until?: readonly ConsumedUntil[];
}

export interface BooksOfEach extends Omit<BooksPeriod, 'customerId'> {
  readonly customerIds: readonly string[];
}

export interface UnpricedQuery {
  /** Half-open: `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly customerId?: string;
  readonly limit: number;
}

/** Events without a cost that lack the same price. */
export interface UnpricedGroup {
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly region: string;
  /** A code; empty for events from before prices. */
  readonly reason: string;
  /** The customers'. */
  readonly currency: string;
  readonly events: bigint;
  /** Of all classes. */
  readonly tokens: bigint;
  readonly customers: bigint;
  /** The times of the first and the last event. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Warehouse extends InvoiceUsage, Rerating {
  /** Applies the migrations that are missing. Safe to run in several processes at once. */
  migrate(): Promise<void>;
  ready(): Promise<void>;

  /** Idempotent: the same records again, cut in other batches, by another process, later, change nothing. */
  store(batch: StoredBatch): Promise<void>;
  recordProgress(watermarks: readonly PartitionWatermark[]): Promise<void>;
  /** Takes back what must not count: copies of an event that carry another time, and voided events. Idempotent. */
  withdrawCopies(): Promise<{ readonly withdrawn: number }>;
  /** Recomputes the rollups of hours that changed and have been quiet since. Idempotent. */
  rebuildRollups(options: { readonly hoursMax: number }): Promise<{ readonly hours: number }>;

  /** Everything accepted before this instant is in the answers; null before the counter has reported every partition. */
  asOf(): Promise<number | null>;
  usage(query: UsageQuery): Promise<Page<UsageBucket>>;
  /** As `usage`, by currency whatever else is asked. */
  costs(query: UsageQuery): Promise<Page<CostBucket>>;
  /** How far reported usage and counted text of the same events are apart. */
  drift(query: DriftQuery): Promise<Page<DriftGroup>>;
  /** What a meter measured. */
  meterUsage(query: MeterQuery): Promise<Page<MeterBucket>>;
  /** The largest groups first; what is stored is in it at once. */
  unpriced(query: UnpricedQuery): Promise<readonly UnpricedGroup[]>;
  events(query: EventsQuery): Promise<Page<EventView>>;
  /** All copies of one event, the first first. */
  event(customerId: string, eventId: string): Promise<readonly EventView[]>;
  consumedUntil(): Promise<readonly ConsumedUntil[]>;
  /** By partition: the last place that is stored, over all logs that the deployment ever used. */
  storedUntil(): Promise<ReadonlyMap<number, StoredPlace>>;
  /** In the order of the limits, by the windows' starts: what was used, exactly, each event once. */
  limitUse(query: LimitUseQuery): Promise<readonly ReadonlyMap<number, bigint>[]>;
  books(period: BooksPeriod): Promise<BooksCount>;
  booksOfEach(period: BooksOfEach): Promise<OfEach<BooksCount>>;
  close(): Promise<void>;
}
