// What the explorer shows, as it stands in the address: whoever opens it sees the same.

import type { Bucket } from '../format/time.ts';
import { RANGES, type Range } from './periods.ts';
import { FILTER_FIELDS, type Filters, GROUPS, type GroupField } from './usage-query.ts';

const MEASURES = ['cost', 'tokens', 'requests'] as const;
export type Measure = (typeof MEASURES)[number];

export interface UsageView extends Filters {
  readonly range?: Range;
  readonly from?: string;
  readonly to?: string;
  readonly bucket?: Bucket;
  readonly group?: GroupField;
  readonly measure?: Measure;
  readonly compare?: true;
  /** Of whoever made the address, where it is another than the one that is chosen here. */
  readonly zone?: string;
}

const BUCKETS = ['minute', 'hour', 'day', 'month'] as const;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What does not fit is left out, so that an old address still opens. */
export function readUsageView(search: Record<string, unknown>): UsageView {
  const given = {
    range: oneOf(RANGES, search['range']),
    from: dateOf(search['from']),
    to: dateOf(search['to']),
    bucket: oneOf(BUCKETS, search['bucket']),
    group: oneOf(GROUPS, search['group']),
    measure: oneOf(MEASURES, search['measure']),
    compare: search['compare'] === true ? true : undefined,
    zone: isZone(search['zone']) ? search['zone'] : undefined,
    ...Object.fromEntries(FILTER_FIELDS.map((field) => [field, textOf(search[field])])),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((one) => one === value);
}

function dateOf(value: unknown): string | undefined {
  return DATE.test(String(value)) ? String(value) : undefined;
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}

function isZone(value: unknown): value is string {
  return typeof value === 'string' && (value === 'UTC' || Intl.supportedValuesOf('timeZone').includes(value));
}
