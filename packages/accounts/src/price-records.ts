// The rows of prices and mark-ups. See `prices.ts` for what the lock is for.

import { type Markup, type Price, type PriceClass, type ServiceTier, TollgateError } from '@tollgate/domain';
import type { Query } from './postgres-query.ts';
import { lockNumberOf } from './postgres-query.ts';
import type { NewMarkup, NewPrice, PriceFilter, PricePlace, PriceRecords, PriceVersions } from './prices.ts';

interface VersionRow {
  readonly sequence: string;
  readonly id: string;
  readonly customer_id: string | null;
  readonly provider: string;
  readonly model: string;
  readonly note: string | null;
  readonly effective_from: Date;
  readonly effective_to: Date | null;
  readonly known_from: Date;
  readonly created_at: Date;
  readonly created_by: string | null;
}

interface PriceRow extends VersionRow {
  readonly class: PriceClass;
  readonly service_tier: ServiceTier;
  readonly context_threshold: string | null;
  readonly context_is_inclusive: boolean | null;
  readonly region: string | null;
  readonly currency: string;
  readonly amount_micros: string | null;
  readonly source: string | null;
}

interface MarkupRow extends VersionRow {
  readonly currency: string;
  readonly to_currency: string;
  readonly percent_micros: string | null;
  readonly rate_nanos: string;
}

/** Every process that prices holds all of them in memory. */
const VERSIONS_MAX = 200_000;
/** How long after it was written a version is known, and for how much of that a reader may rely on having read all. */
const KNOWN_AFTER_MS = 1_000;
const COMPLETE_FOR_MS = 750;

const LOCK = lockNumberOf('prices');
/** After the lock, in a statement of its own: one that waited for it would see the instant from before. */
const KNOWN_FROM = `SELECT date_trunc('milliseconds', clock_timestamp()) + interval '${KNOWN_AFTER_MS} milliseconds' AS known_from`;

const INSERT_PRICES = `
  INSERT INTO prices (id, customer_id, provider, model, class, service_tier, context_threshold, context_is_inclusive,
    region, currency, amount_micros, source, note, effective_from, effective_to, known_from, created_at, created_by)
  SELECT id, customer_id, provider, model, class, service_tier, context_threshold, context_is_inclusive,
    region, currency, amount_micros, source, note, effective_from, effective_to, coalesce(known_from, $2), created_at,
    created_by
  FROM ROWS FROM (json_to_recordset($1::json) AS (
    id text, customer_id text, provider text, model text, class text, service_tier text, context_threshold bigint,
    context_is_inclusive boolean, region text, currency text, amount_micros bigint, source text, note text,
    effective_from timestamptz, effective_to timestamptz, known_from timestamptz, created_at timestamptz, created_by text
  )) WITH ORDINALITY
  ORDER BY ordinality
  RETURNING *`;

const INSERT_MARKUP = `
  INSERT INTO markups (id, customer_id, provider, model, currency, to_currency, percent_micros, rate_nanos, note,
    effective_from, effective_to, known_from, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  RETURNING *`;

const LIST_PRICES = `
  SELECT * FROM prices
  WHERE id > $1
    AND ($3::text IS NULL OR lower(provider) = lower($3))
    AND ($4::text IS NULL OR lower(model) = lower($4))
    AND ($5::text IS NULL OR class = $5)
    AND CASE WHEN $6::boolean THEN customer_id IS NOT DISTINCT FROM $7::text ELSE true END
    AND ($8::timestamptz IS NULL OR effective_from <= $8 AND (effective_to IS NULL OR effective_to > $8))
  ORDER BY id LIMIT $2`;

const LIST_MARKUPS = `
  SELECT * FROM markups WHERE id > $1 AND ($3::text IS NULL OR customer_id IS NULL OR customer_id = $3) ORDER BY id LIMIT $2`;

export function priceRecords(query: Query): PriceRecords {
  const lock = async (): Promise<void> => void (await query('SELECT pg_advisory_xact_lock($1)', [LOCK]));
  const knownFrom = async (): Promise<Date> => {
    await lock();
    const [row] = await query<{ known_from: Date }>(KNOWN_FROM);
    if (row === undefined) throw new Error('the database told no time');
    return row.known_from;
  };
  return {
    lockPrices: lock,
    async createPrices(prices) {
      if (prices.length === 0) return [];
      const soon = await knownFrom();
      await mustFit(query, prices.length);
      const rows = await query<PriceRow>(INSERT_PRICES, [JSON.stringify(prices.map(toRow)), soon]);
      return rows.map(toPrice);
    },
    async createMarkup(markup) {
      const soon = await knownFrom();
      await mustFit(query, 1);
      const [row] = await query<MarkupRow>(INSERT_MARKUP, valuesOf(markup, soon));
      if (row === undefined) throw new Error('a mark-up was not stored');
      return toMarkup(row);
    },
    async price(id) {
      const [row] = await query<PriceRow>('SELECT * FROM prices WHERE id = $1', [id]);
      return row === undefined ? null : toPrice(row);
    },
    async prices(filter) {
      return (await query<PriceRow>(LIST_PRICES, filterValues(filter))).map(toPrice);
    },
    async markup(id) {
      const [row] = await query<MarkupRow>('SELECT * FROM markups WHERE id = $1', [id]);
      return row === undefined ? null : toMarkup(row);
    },
    async markups({ limit, after, customerId }) {
      return (await query<MarkupRow>(LIST_MARKUPS, [after ?? '', limit, customerId ?? null])).map(toMarkup);
    },
  };
}

/** An instant from which all versions that were written are known, and none that is written later. In a transaction. */
export async function knownSoon(query: Query): Promise<Date> {
  await query('SELECT pg_advisory_xact_lock_shared($1)', [LOCK]);
  const [row] = await query<{ known_from: Date }>(KNOWN_FROM);
  if (row === undefined) throw new Error('the database told no time');
  return row.known_from;
}

/** In a transaction of its own. */
export async function priceVersions(
  query: Query,
  { place, limit }: { readonly place: PricePlace; readonly limit: number },
): Promise<PriceVersions> {
  await query('SELECT pg_advisory_xact_lock_shared($1)', [LOCK]);
  const [now] = await query<{ now: Date }>('SELECT clock_timestamp() AS now');
  if (now === undefined) throw new Error('the database told no time');
  const after = 'WHERE sequence > $1 ORDER BY sequence LIMIT $2';
  const prices = await query<PriceRow>(`SELECT * FROM prices ${after}`, [place.priceSequence.toString(), limit]);
  const markups = await query<MarkupRow>(`SELECT * FROM markups ${after}`, [place.markupSequence.toString(), limit]);
  const isAll = prices.length < limit && markups.length < limit;
  return {
    prices: prices.map(toPrice),
    markups: markups.map(toMarkup),
    place: {
      priceSequence: BigInt(prices.at(-1)?.sequence ?? place.priceSequence),
      markupSequence: BigInt(markups.at(-1)?.sequence ?? place.markupSequence),
    },
    completeUntilMs: isAll ? now.now.getTime() + COMPLETE_FOR_MS : 0,
  };
}

/** While the lock is held. */
async function mustFit(query: Query, added: number): Promise<void> {
  const [row] = await query<{ count: string }>(
    'SELECT (SELECT count(*) FROM prices) + (SELECT count(*) FROM markups) AS count',
  );
  if (Number(row?.count ?? 0) + added <= VERSIONS_MAX) return;
  throw new TollgateError({
    code: 'conflict',
    detail: `There would be more than ${VERSIONS_MAX} versions of prices and mark-ups, which is the most that is kept.`,
  });
}

function toRow(price: NewPrice) {
  return {
    id: price.id,
    customer_id: price.customerId,
    provider: price.provider,
    model: price.model,
    class: price.class,
    service_tier: price.serviceTier,
    context_threshold: price.context?.threshold.toString() ?? null,
    context_is_inclusive: price.context?.isInclusive ?? null,
    region: price.region,
    currency: price.currency,
    amount_micros: price.amountMicros?.toString() ?? null,
    source: price.source,
    note: price.note,
    effective_from: new Date(price.effectiveFromMs),
    effective_to: dateOrNull(price.effectiveToMs),
    known_from: price.knownFromMs === undefined ? null : new Date(price.knownFromMs),
    created_at: new Date(price.createdAtMs),
    created_by: price.createdBy,
  };
}

function valuesOf(markup: NewMarkup, soon: Date): readonly unknown[] {
  return [
    markup.id,
    markup.customerId,
    markup.provider,
    markup.model,
    markup.currency,
    markup.toCurrency,
    markup.percentMicros?.toString() ?? null,
    markup.rateNanos.toString(),
    markup.note,
    new Date(markup.effectiveFromMs),
    dateOrNull(markup.effectiveToMs),
    markup.knownFromMs === undefined ? soon : new Date(markup.knownFromMs),
    new Date(markup.createdAtMs),
    markup.createdBy,
  ];
}

function filterValues(filter: PriceFilter): readonly unknown[] {
  const { after, limit, provider, model, customerId, atMs } = filter;
  return [
    after ?? '',
    limit,
    provider ?? null,
    model ?? null,
    filter.class ?? null,
    customerId !== undefined,
    customerId ?? null,
    atMs === undefined ? null : new Date(atMs),
  ];
}

function dateOrNull(instantMs: number | null): Date | null {
  return instantMs === null ? null : new Date(instantMs);
}

function toVersion(row: VersionRow) {
  return {
    id: row.id,
    customerId: row.customer_id,
    provider: row.provider,
    model: row.model,
    note: row.note,
    effectiveFromMs: row.effective_from.getTime(),
    effectiveToMs: row.effective_to?.getTime() ?? null,
    knownFromMs: row.known_from.getTime(),
    createdAtMs: row.created_at.getTime(),
    createdBy: row.created_by,
  };
}

function toPrice(row: PriceRow): Price {
  const { context_threshold: threshold, context_is_inclusive: isInclusive } = row;
  return {
    ...toVersion(row),
    class: row.class,
    serviceTier: row.service_tier,
    context: threshold === null ? null : { threshold: BigInt(threshold), isInclusive: isInclusive === true },
    region: row.region,
    currency: row.currency,
    amountMicros: row.amount_micros === null ? null : BigInt(row.amount_micros),
    source: row.source,
  };
}

function toMarkup(row: MarkupRow): Markup {
  return {
    ...toVersion(row),
    currency: row.currency,
    toCurrency: row.to_currency,
    percentMicros: row.percent_micros === null ? null : BigInt(row.percent_micros),
    rateNanos: BigInt(row.rate_nanos),
  };
}
