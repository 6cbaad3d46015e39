// Meters: named aggregations over events for use that is not tokens. A meter never changes once it is made, since invoices
// refer to what it measured; it can be archived, and its slug is not given again.

export const METER_AGGREGATIONS = ['sum', 'count', 'unique', 'max', 'latest'] as const;

export type MeterAggregation = (typeof METER_AGGREGATIONS)[number];

export interface Meter {
  readonly slug: string;
  /** For people. */
  readonly name: string;
  /** The `type` of the events that it looks at. */
  readonly eventType: string;
  readonly aggregation: MeterAggregation;
  /** Where in `data` the value is; null for `count`, which needs none. */
  readonly valuePath: string | null;
  /** Paths in `data`, by the name that they are grouped by. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly archivedAtMs: number | null;
}

const PATH_LENGTH_MAX = 256;
const SEGMENTS_MAX = 8;
const SEGMENT = /\.([A-Za-z_][A-Za-z0-9_-]*)|\["([^"\\]{1,128})"\]|\['([^'\\]{1,128})'\]|\[(\d{1,6})\]/y;

/**
 * The part of JSONPath (RFC 9535) that names one place: `$` followed by `.name`, `["any name"]` or `[index]`, at most eight
 * of them. Null for anything else.
 */
export function parseMeterPath(path: string): readonly (string | number)[] | null {
  if (!path.startsWith('$') || path.length > PATH_LENGTH_MAX) return null;
  const segments: (string | number)[] = [];
  SEGMENT.lastIndex = 1;
  while (SEGMENT.lastIndex < path.length) {
    const match = SEGMENT.exec(path);
    if (match === null || segments.length === SEGMENTS_MAX) return null;
    const [, name, quoted, single, index] = match;
    segments.push(index === undefined ? (name ?? quoted ?? single ?? '') : Number(index));
  }
  return segments.length === 0 ? null : segments;
}
