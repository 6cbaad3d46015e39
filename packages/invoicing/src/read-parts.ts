// A period in its parts: the plans that held in it, and what was used in each part up to a place in the log.

import type { Subscription } from '@tollgate/accounts';
import {
  cutPeriod,
  type Meter,
  meterUse,
  NO_PLAN,
  type PeriodInParts,
  type PeriodPart,
  type PlanTerms,
  parseExact,
  type TimeSpan,
  type UseGroup,
} from '@tollgate/domain';
import type { InvoiceSpan } from '@tollgate/warehouse';
import type { InvoicingParts, Records } from './parts.ts';

/** A part before anything is known of its use. */
export interface PartTerms {
  readonly span: TimeSpan;
  readonly subscription: Pick<Subscription, 'id' | 'planId' | 'planVersion'> | null;
  readonly terms: PlanTerms;
}

/** What is read is of one customer, up to one place, by the prices known at one instant. */
export interface Reading extends Pick<InvoiceSpan, 'customerId' | 'until'> {
  /** ISO 4217. */
  readonly currency: string;
  readonly pricesKnownAtMs: number;
  /** Given: with what was withdrawn since. */
  readonly withdrawnSinceMs?: number;
}

const METERS_PAGE = 500;

export async function readTerms(
  records: Pick<Records, 'subscriptionsIn' | 'planVersion'>,
  { customerId, period }: { readonly customerId: string; readonly period: TimeSpan },
): Promise<readonly PartTerms[]> {
  const subscriptions = await records.subscriptionsIn(customerId, period);
  const changes = subscriptions.flatMap(({ startMs, endMs }) => [startMs, ...(endMs === null ? [] : [endMs])]);
  const parts: PartTerms[] = [];
  for (const span of cutPeriod(period, changes)) {
    const subscription = subscriptions.find(
      ({ startMs, endMs }) => startMs <= span.startMs && (endMs === null || endMs > span.startMs),
    );
    parts.push({ span, ...(await readPlan(records, subscription ?? null)) });
  }
  return parts;
}

export async function readPlan(
  records: Pick<Records, 'planVersion'>,
  subscription: PartTerms['subscription'],
): Promise<Omit<PartTerms, 'span'>> {
  if (subscription === null) return { subscription, terms: NO_PLAN };
  const { planId, planVersion } = subscription;
  const version = await records.planVersion(planId, planVersion);
  if (version === null) throw new Error(`there is no version ${planVersion} of ${planId}`);
  return { subscription, terms: version.terms };
}

/** How the use of a span is had: groups of events as they are stored, or as they are calculated again. */
export type UseReader = (span: TimeSpan) => Promise<readonly UseGroup[]>;

export async function readParts(
  parts: Pick<InvoicingParts, 'warehouse' | 'prices'>,
  reading: Reading & {
    readonly period: TimeSpan;
    readonly zone: string;
    readonly terms: readonly PartTerms[];
    readonly meters: readonly Meter[];
    readonly useOf: UseReader;
  },
): Promise<PeriodInParts> {
  const { period, zone, terms, meters, useOf } = reading;
  const read: PeriodPart[] = [];
  for (const part of terms) {
    const use = [...(await useOf(part.span))];
    for (const meter of meters) use.push(...(await readMeter(parts, { ...reading, part, meter })));
    read.push({ span: part.span, subscriptionId: part.subscription?.id ?? null, terms: part.terms, use });
  }
  return { period, zone, parts: read };
}

/**
 * Of all projects together, and of each project that a charge is for; only what can be billed is asked for. A meter that
 * charges name is billed by those charges alone.
 */
async function readMeter(
  { warehouse, prices }: Pick<InvoicingParts, 'warehouse' | 'prices'>,
  of: Reading & { readonly zone: string; readonly part: PartTerms; readonly meter: Meter },
): Promise<readonly UseGroup[]> {
  const { customerId, until, zone, meter, part, withdrawnSinceMs } = of;
  const { span, terms } = part;
  const rate = meterRate(prices, of);
  const named = terms.charges.filter(({ classes }) => classes?.includes(`meter:${meter.slug}`) === true);
  const isOfAll = named.length === 0 ? rate !== null : named.some((charge) => charge.projectId === null);
  const projects = new Set(named.flatMap((charge) => (charge.projectId === null ? [] : [charge.projectId])));
  const use: UseGroup[] = [];
  for (const projectId of [...(isOfAll ? [null] : []), ...projects]) {
    const query = {
      customerId,
      until,
      ...span,
      meter,
      ...(withdrawnSinceMs === undefined ? {} : { withdrawnSinceMs }),
    };
    const { value, events } = await warehouse.meterValue(projectId === null ? query : { ...query, projectId });
    if (value === null) continue;
    const measured = { slug: meter.slug, projectId, value: exactOf(value), events, rate, charges: terms.charges };
    const group = meterUse({ ...measured, span, zone });
    if (group !== null) use.push(group);
  }
  return use;
}

/** In force at the end of the part, as it was known when the invoice was made. */
function meterRate(
  { book }: InvoicingParts['prices'],
  { customerId, currency, pricesKnownAtMs, part, meter }: Reading & { readonly part: PartTerms; readonly meter: Meter },
) {
  const context = {
    ...{ customerId, currency, provider: '', model: '', serviceTier: '', region: '' },
    ...{ timeMs: part.span.endMs - 1, receivedAtMs: pricesKnownAtMs },
  };
  return book.ratesFor(context, 0n).get(`meter:${meter.slug}`) ?? null;
}

function exactOf(text: string) {
  const value = parseExact(text);
  if (value === undefined) throw new Error(`a meter measured ${text}, which is no decimal`);
  return value;
}

export async function allMeters(records: Pick<Records, 'meters'>): Promise<readonly Meter[]> {
  const all: Meter[] = [];
  for (;;) {
    const last = all.at(-1)?.slug;
    const page = await records.meters({ limit: METERS_PAGE, ...(last === undefined ? {} : { after: last }) });
    all.push(...page);
    if (page.length < METERS_PAGE) return all;
  }
}
