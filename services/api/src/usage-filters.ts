// The filters of usage: one parameter for each field, repeated for several values, and `metadata.NAME` for labels.

import { GROUP_FIELDS, type UsageField, type UsageFilter } from '@tollgate/warehouse';
import Type from 'typebox';

const VALUES_MAX = 100;

const Values = Type.Array(Type.String({ maxLength: 512 }), {
  minItems: 1,
  maxItems: VALUES_MAX,
  description: 'Only rows with this value; repeated: with any of them.',
});

const Labels = Type.Record(Type.String({ pattern: '^[\\s\\S]{1,64}$' }), Values, {
  additionalProperties: false,
  maxProperties: 10,
  description: 'Given as `metadata.NAME=value`: only events whose label NAME has this value.',
});

type FieldFilters = Readonly<Record<(typeof GROUP_FIELDS)[number], Type.TOptional<typeof Values>>>;

const optionalValues = Type.Optional(Values);

export const UsageFilters = {
  customer: optionalValues,
  project: optionalValues,
  key: optionalValues,
  model: optionalValues,
  provider: optionalValues,
  type: optionalValues,
  service_tier: optionalValues,
  status: optionalValues,
  currency: optionalValues,
  token_class: optionalValues,
  metadata: Type.Optional(Labels),
} satisfies FieldFilters & { readonly metadata: unknown };

type GivenFilters = Partial<Record<(typeof GROUP_FIELDS)[number], readonly string[]>> & {
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
};

/** `customerId` is the customer that the caller is confined to, or null: it takes the place of the `customer` filter. */
export function filtersOf(query: GivenFilters, customerId: string | null): readonly UsageFilter[] {
  const fields = GROUP_FIELDS.flatMap((field): readonly UsageFilter[] => {
    const values = field === 'customer' && customerId !== null ? [customerId] : query[field];
    return values === undefined ? [] : [{ field, values }];
  });
  const labels = Object.entries(query.metadata ?? {}).map(
    ([name, values]): UsageFilter => ({ field: `metadata.${name}`, values }),
  );
  return [...fields, ...labels];
}

export function isUsageField(text: string): text is UsageField {
  return text.startsWith('metadata.') || (GROUP_FIELDS as readonly string[]).includes(text);
}
