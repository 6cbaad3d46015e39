// The parts that several routes' schemas share. Schemas both check requests and make the OpenAPI document.

import { SCOPES } from '@tollgate/domain';
import Type, { type TSchema } from 'typebox';
import './formats.ts';

export const PAGE_LIMIT_MAX = 1_000;
const PAGE_LIMIT_DEFAULT = 100;

export const Timestamp = Type.String({ format: 'date-time' });
export const Name = Type.String({ minLength: 1, maxLength: 200, description: 'For people.' });

export const ScopeList = Type.Array(Type.Enum([...SCOPES]), {
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true,
});

/** A decimal number as text, so that no reader rounds it. */
export const Decimal = Type.String({ pattern: '^-?\\d+(\\.\\d+)?$', examples: ['0.00006'] });

/** Whole numbers are written exactly, however large; a reader that takes JSON numbers for doubles loses digits past 2^53. */
export const Count = Type.Integer({ minimum: 0 });

// The names' length stands in a pattern: a record's schema keeps nothing else of them.
export const Metadata = Type.Record(Type.String({ pattern: '^[\\s\\S]{1,64}$' }), Type.Unknown(), {
  additionalProperties: false,
  maxProperties: 50,
  description: 'Up to 50 values of your own.',
});

export function idOf(prefix: string, what: string) {
  return Type.String({
    pattern: `^${prefix}_[0-9a-z]{26}$`,
    description: `The id of ${what}.`,
    examples: [`${prefix}_01kasy5b0f0123456789abcdef`],
  });
}

export function orNull<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT, description: 'Rows of a page.' }),
  ),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1_000, description: 'The `next_cursor` of the page before.' }),
  ),
};

export const NextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'Give it as `cursor` to get the next page; null on the last page.',
});

export function pageOf<Row extends TSchema>(row: Row) {
  return Type.Object({ data: Type.Array(row), next_cursor: NextCursor });
}

/** Asks the store for one row more than the page has, to know whether there is another page. */
export function pageRequest(query: { readonly limit?: number; readonly cursor?: string }) {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
  return {
    limit,
    request: { limit: limit + 1, ...(query.cursor === undefined ? {} : { after: query.cursor }) },
  };
}

/** A page of rows that are listed by their ids. */
export function toPage<Row extends { readonly id: string }>(
  rows: readonly Row[],
  limit: number,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
