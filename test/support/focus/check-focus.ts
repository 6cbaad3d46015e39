// Which rules of FOCUS 1.2 a file keeps: each that can be asked becomes a condition on rows, and all of them one query.
// Decimals are compared as decimals.

import type { FocusFile } from './focus-file.ts';
import { type FocusCheck, type LinkedRule, readFocusRules } from './focus-rules.ts';
import { DEVIATIONS, JUDGED } from './judged-rules.ts';

/** What the one who makes the file says of themselves: rules for others do not apply. */
const SUPPORTED = new Set([
  ...['ACCOUNT_NAMING_SUPPORTED', 'NEGOTIATED_PRICING_SUPPORTED', 'PUBLIC_PRICE_LIST_SUPPORTED'],
  ...['SUB_ACCOUNT_SUPPORTED', 'UNIT_PRICING_SUPPORTED', 'USAGE_MEASUREMENT_SUPPORTED'],
]);

export interface FocusReport {
  /** Ids of rules. */
  readonly kept: readonly string[];
  readonly broken: readonly string[];
  /** For others, about columns that the file does not have, or no more than a permission. */
  readonly notApplicable: readonly string[];
  /** What no query can judge. */
  readonly forPeople: readonly string[];
}

const RULES = readFocusRules();

export async function checkFocus(file: FocusFile): Promise<FocusReport> {
  const notApplicable: string[] = [];
  const forPeople: string[] = [];
  const broken: string[] = [];
  const asked: { readonly id: string; readonly rows: string }[] = [];
  for (const rule of RULES.values()) {
    if (rule.function === 'Composite' && !isChoice(rule)) continue;
    const rows = brokenRows(rule, file);
    if (rows === 'not_applicable') notApplicable.push(rule.id);
    else if (rows === 'for_people') forPeople.push(rule.id);
    else asked.push({ id: rule.id, rows });
  }
  const [counts = {}] = await file.rows(
    `SELECT ${asked.map(({ id, rows }) => `(SELECT count(*) FROM (${rows})) AS "${id}"`).join(',\n')}`,
  );
  for (const { id } of asked) if (counts[id] !== 0n) broken.push(id);
  const kept = asked.map(({ id }) => id).filter((id) => !broken.includes(id));
  return { kept, broken, notApplicable, forPeople };
}

/** A rule that is kept where one of several others is. */
function isChoice({ requirement }: LinkedRule): boolean {
  return (
    requirement?.CheckFunction === 'OR' && requirement.Items?.every((item) => item.ModelRuleId !== undefined) === true
  );
}

/** A query for what breaks the rule. */
function brokenRows(rule: LinkedRule, file: FocusFile): string | 'not_applicable' | 'for_people' {
  const { id, column, requirement, criteria, keyword } = rule;
  if (keyword === 'MAY' || rule.alternativeOf !== null) return 'not_applicable';
  if (criteria.some((criterion) => !SUPPORTED.has(criterion))) return 'not_applicable';
  const isPresence = requirement?.CheckFunction === 'ColumnPresent';
  if (!isPresence && column !== null && !file.types.has(column)) return 'not_applicable';
  const judged = DEVIATIONS[id]?.broken ?? JUDGED[id];
  if (judged !== undefined) {
    const names = [...judged.matchAll(/"(\w+)"/g)].map(([, name = '']) => name);
    return names.every((name) => file.types.has(name)) ? `FROM focus WHERE ${judged}` : 'not_applicable';
  }
  if (requirement === null) return 'for_people';
  return queryFor(rule, requirement, file);
}

function queryFor(rule: LinkedRule, requirement: FocusCheck, file: FocusFile): string {
  const { ColumnName: name = '', ColumnAName: a = '', ColumnBName: b = '' } = requirement;
  const when = [...rule.conditions.map((condition) => holds(condition, file)), 'true'].join(' AND ');
  switch (requirement.CheckFunction) {
    case 'ColumnPresent':
      return `SELECT 1 WHERE ${!file.types.has(name)}`;
    case 'TypeDecimal':
      return `SELECT 1 WHERE ${!/^DECIMAL/.test(file.types.get(name) ?? '')}`;
    case 'TypeDateTime':
      return `SELECT 1 WHERE ${!/^TIMESTAMP/.test(file.types.get(name) ?? '')}`;
    case 'TypeString':
      return `SELECT 1 WHERE ${file.types.get(name) !== 'VARCHAR'}`;
    case 'CheckDistinctCount':
      return `SELECT "${a}" FROM focus WHERE ${when} AND "${a}" IS NOT NULL GROUP BY 1 HAVING count(DISTINCT "${b}") <> ${requirement.ExpectedCount}`;
    case 'FormatNumeric':
      return written(name, file.kind === 'csv' ? '-?\\d+(\\.\\d+)?(E-?\\d+)?' : '-?\\d+(\\.\\d+)?');
    case 'FormatDateTime':
      return file.kind === 'csv' ? written(name, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ') : `SELECT 1 WHERE false`;
    case 'FormatUnit':
      return written(name, '(\\d+ )?[A-Z][A-Za-z]*([-/][A-Z][A-Za-z]*)?');
    case 'FormatString':
      return written(name, '(?s)\\s*\\S.*');
    case 'FormatCurrency':
    case 'CheckNationalCurrency':
      return written(name, '[A-Z]{3}');
    case 'FormatKeyValue':
      return `FROM focus WHERE "${name}" IS NOT NULL AND (NOT json_valid("${name}") OR json_type("${name}") <> 'OBJECT' OR regexp_matches(array_to_string(json_extract("${name}", '$.*')::VARCHAR[], chr(10)), '(?m)^[\\[{]'))`;
    default:
      return `FROM focus WHERE ${when} AND NOT (${holds(requirement, file)})`;
  }
}

function written(name: string, pattern: string): string {
  return `FROM written WHERE "${name}" IS NOT NULL AND NOT regexp_full_match("${name}", '${pattern}')`;
}

/** A condition on a row, which is never unknown. A column that the file does not have is null in every row. */
function holds(check: FocusCheck, file: FocusFile): string {
  const column = (name = ''): string => (file.types.has(name) ? `"${name}"` : 'NULL');
  const { Items: items = [], Value: value = null } = check;
  const subject = column(check.ColumnName ?? check.CheckCondition);
  const [a, b] = [column(check.ColumnAName), column(check.ColumnBName)];
  switch (check.CheckFunction) {
    case 'AND':
    case 'OR':
      return `(${items.map((item) => holds(item, file)).join(` ${check.CheckFunction} `)})`;
    case 'CheckModelRule': {
      const rule = RULES.get(check.ModelRuleId ?? '');
      if (rule?.requirement == null) throw new Error(`no row keeps or breaks ${check.ModelRuleId}`);
      const condition = rule.condition === null ? 'true' : holds(rule.condition, file);
      return `(NOT ${condition} OR ${holds(rule.requirement, file)})`;
    }
    case 'CheckValue':
      return `(${subject} IS NOT DISTINCT FROM ${literal(value)})`;
    case 'CheckNotValue':
      return `(${subject} IS DISTINCT FROM ${literal(value)})`;
    case 'CheckSameValue':
      return `(${a} IS NOT DISTINCT FROM ${b})`;
    case 'CheckNotSameValue':
      return `(${a} IS DISTINCT FROM ${b})`;
    case 'CheckDecimalValue':
      return `(${subject} IS NOT NULL)`;
    case 'CheckGreaterOrEqualThanValue':
      return `(${subject} IS NULL OR ${subject} >= ${literal(value)})`;
    case 'ColumnByColumnEqualsColumnValue':
      // Nine digits of a quantity and eighteen of a price: a decimal has room for their product.
      return `(CAST(${b} AS DECIMAL(38, 9)) = ${b} AND ${a} * CAST(${b} AS DECIMAL(38, 9)) = ${column(check.ResultColumnName)})`;
    default:
      throw new Error(`${check.CheckFunction} is not known`);
  }
}

function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
