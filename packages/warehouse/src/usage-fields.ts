// The fields to group and filter by, and their columns. Names of labels and values of filters become parameters; nothing
// that a caller wrote becomes part of a statement.

import type { QueryParams } from './connection.ts';
import type { UsageField, UsageFilter } from './warehouse.ts';

const COLUMNS = {
  customer: 'customer_id',
  project: 'project_id',
  key: 'key_id',
  model: 'model',
  provider: 'provider',
  type: 'type',
  service_tier: 'service_tier',
  status: 'status',
  currency: 'currency',
} as const;

const METADATA_PREFIX = 'metadata.';

export interface SqlPart {
  readonly sql: string;
  readonly params: QueryParams;
}

export function isMetadata(field: UsageField): boolean {
  return field.startsWith(METADATA_PREFIX);
}

/** `, expression AS g0, …` for the fields, in their order. */
export function groupsSql(fields: readonly UsageField[]): SqlPart {
  const columns = fields.map((field, index) => ({ ...columnOf(field, `group_label_${index}`), index }));
  return {
    sql: columns.map(({ sql, index }) => `, toString(${sql}) AS g${index}`).join(''),
    params: Object.assign({}, ...columns.map(({ params }) => params)),
  };
}

/** ` AND column IN values` for each filter. */
export function conditionsSql(filters: readonly UsageFilter[]): SqlPart {
  const conditions = filters.map(({ field, values }, index) => {
    const column = columnOf(field, `filter_label_${index}`);
    const name = `filter_${index}`;
    return { sql: ` AND ${column.sql} IN {${name}:Array(String)}`, params: { ...column.params, [name]: values } };
  });
  return {
    sql: conditions.map(({ sql }) => sql).join(''),
    params: Object.assign({}, ...conditions.map(({ params }) => params)),
  };
}

function columnOf(field: UsageField, labelParam: string): SqlPart {
  if (field === 'token_class') throw new TypeError('the token class is no column');
  if (isMetadataField(field)) {
    const label = field.slice(METADATA_PREFIX.length);
    return { sql: `metadata[{${labelParam}:String}]`, params: { [labelParam]: label } };
  }
  return { sql: COLUMNS[field], params: {} };
}

function isMetadataField(field: UsageField): field is `metadata.${string}` {
  return isMetadata(field);
}
