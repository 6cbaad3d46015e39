// Values that a JSON schema of the OpenAPI document takes. Ids of things that exist cannot be known before they are made, so
// they stand as marks that are filled in when the request is sent.

import fc from 'fast-check';
import { hostileText, hostileValue } from './hostile-values.ts';

export type Schema = Readonly<Record<string, unknown>>;

const MARK = /@@([a-z]{2,4})#(\d+)@@/g;
const ID_PATTERN = /^\^([a-z]{2,4})_\[/;
/** What an enumeration or a number of characters allows is taken; members of objects stop here. */
const DEPTH_MAX = 8;
const ITEMS_MAX = 4;
const DAY_MS = 86_400_000;

/** The id of something that exists: the one with this number among those of its kind, in the order they were seen. */
export function markOf(prefix: string, number: number): string {
  return `@@${prefix}#${number}@@`;
}

export function fillMarks(sent: string, known: ReadonlyMap<string, readonly string[]>): string {
  return sent.replaceAll(MARK, (_, prefix: string, number: string) => {
    const ids = known.get(prefix) ?? [];
    return ids[Number(number) % ids.length] ?? `${prefix}_${'0'.repeat(26)}`;
  });
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valuesOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (depth > DEPTH_MAX) return fc.constant(null);
  const { enum: choices, const: constant, anyOf, type } = schema;
  if (constant !== undefined) return fc.constant(constant);
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.filter(isSchema).map((one) => valuesOf(one, depth)));
  switch (type) {
    case 'object':
      return objectsOf(schema, depth);
    case 'array':
      return listsOf(schema, depth);
    case 'string':
      return textsOf(schema);
    case 'integer':
    case 'number':
      return fc.integer({
        min: numberOr(schema['minimum'], -5),
        max: Math.min(numberOr(schema['maximum'], 1_000_000), 2 ** 31 - 1),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return hostileValue;
  }
}

function objectsOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const { properties, required, patternProperties } = schema;
  const names = Array.isArray(required) ? required : [];
  const members = Object.entries(isSchema(properties) ? properties : {}).map(([name, of]) => {
    const value = valuesOf(isSchema(of) ? of : {}, depth + 1);
    // Absent as often as present: many members exclude each other.
    return [name, names.includes(name) ? value : fc.option(value, { nil: undefined, freq: 1 })] as const;
  });
  const known = fc.record(Object.fromEntries(members));
  const [free] = isSchema(patternProperties) ? Object.values(patternProperties) : [];
  if (!isSchema(free)) return known;
  const labels = fc.dictionary(
    fc.oneof(fc.constantFrom('a', 'feature', 'amount'), hostileText),
    valuesOf(free, depth + 1),
    { maxKeys: 3 },
  );
  return fc.tuple(known, labels).map(([one, other]) => ({ ...one, ...other }));
}

function listsOf({ items, minItems, maxItems }: Schema, depth: number): fc.Arbitrary<unknown> {
  const minLength = numberOr(minItems, 0);
  const maxLength = Math.max(minLength, Math.min(numberOr(maxItems, ITEMS_MAX), ITEMS_MAX));
  return fc.array(valuesOf(isSchema(items) ? items : {}, depth + 1), { minLength, maxLength });
}

function textsOf(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern, maxLength, examples } = schema;
  const shown = Array.isArray(examples) ? examples.filter((example) => typeof example === 'string') : [];
  if (format === 'date-time')
    return fc.integer({ min: -40 * DAY_MS, max: 40 * DAY_MS }).map((by) => new Date(Date.now() + by).toISOString());
  if (format === 'iana-zone')
    return fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia');
  if (format === 'iso-currency') return fc.constantFrom('EUR', 'USD', 'JPY', 'BHD');
  if (typeof pattern === 'string') {
    const prefix = ID_PATTERN.exec(pattern)?.[1];
    if (prefix !== undefined) return fc.nat(50).map((number) => markOf(prefix, number));
    return fc.stringMatching(new RegExp(pattern));
  }
  if (shown.length > 0) return fc.constantFrom(...shown);
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(numberOr(maxLength, 20), 20) }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('key', 'cus', 'prj', 'prc', 'lim'), fc.nat(50))
        .map(([of, number]) => markOf(of, number)),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'gpt-4o',
        'openai',
        'claude-sonnet-4-5',
        'anthropic',
        '0.5',
        '12',
        'https://example.com/hook',
        '192.0.2.0/24',
      ),
    },
    { weight: 1, arbitrary: hostileText },
  );
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
