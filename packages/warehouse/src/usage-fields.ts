// The fields to group and filter by, and their columns. Names of labels and values of filters become parameters; nothing
// that a caller wrote becomes part of a statement.

import type { QueryParams } from './connection.ts';
import type { UsageField, UsageFilter } from './warehouse.ts';

type Columns = Readonly<Record<Exclude<UsageField, 'token_class' | `metadata.${string}`>, string>>;

const EVENT_COLUMNS: Columns = {
  customer: 'customer_id',
  project: 'project_id',
  key: 'key_id',
  model: 'model',
  provider: 'provider',
  type: 'type',
  service_tier: 'service_tier',
  status: 'status',
  currency: 'currency',
};

/** Of a sum of an hour: all but the customer stand in its groups. */
export const HOUR_COLUMNS: Columns = {
  customer: 'customer_id',
  project: 'groups.project_id',
  key: 'groups.key_id',
  model: 'groups.model',
  provider: 'groups.provider',
  type: 'groups.type',
  service_tier: 'groups.service_tier',
  status: 'groups.status',
  currency: 'groups.currency',
};

const METADATA_PREFIX = 'metadata.';

export interface SqlPart {
  readonly sql: string;
  readonly params: QueryParams;
}

export function isMetadata(field: UsageField): boolean {
  return field.startsWith(METADATA_PREFIX);
}

/** `, expression AS g0, …` for the fields, in their order. */
export function groupsSql(fields: readonly UsageField[], columns: Columns = EVENT_COLUMNS): SqlPart {
  const groups = fields.map((field, index) => ({ ...columnOf({ field, columns }, `group_label_${index}`), index }));
  return {
    sql: groups.map(({ sql, index }) => `, toString(${sql}) AS g${index}`).join(''),
    params: Object.assign({}, ...groups.map(({ params }) => params)),
  };
}

/** ` AND column IN values` for each filter. */
export function conditionsSql(filters: readonly UsageFilter[], columns: Columns = EVENT_COLUMNS): SqlPart {
  const conditions = filters.map(({ field, values }, index) => {
    const column = columnOf({ field, columns }, `filter_label_${index}`);
    const name = `filter_${index}`;
    return { sql: ` AND ${column.sql} IN {${name}:Array(String)}`, params: { ...column.params, [name]: values } };
  });
  return {
    sql: conditions.map(({ sql }) => sql).join(''),
    params: Object.assign({}, ...conditions.map(({ params }) => params)),
  };
}

function columnOf(
  { field, columns }: { readonly field: UsageField; readonly columns: Columns },
  labelParam: string,
): SqlPart {
  if (field === 'token_class') throw new TypeError('the token class is no column');
  if (isMetadataField(field)) {
    const label = field.slice(METADATA_PREFIX.length);
    return { sql: `metadata[{${labelParam}:String}]`, params: { [labelParam]: label } };
  }
  return { sql: columns[field], params: {} };
}

function isMetadataField(field: UsageField): field is `metadata.${string}` {
  return isMetadata(field);
}
