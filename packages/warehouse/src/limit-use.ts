// What was used of limits, from the events themselves: the truth that counters are rebuilt from and held against.

import { INPUT_CLASSES, type LimitMetric, OUTPUT_CLASSES } from '@tollgate/domain';
import type { Connection, QueryParams } from './connection.ts';
import { HOUR_MS } from './marked-insert.ts';
import { fillSql, loadSql } from './sql.ts';
import { untilSql } from './until.ts';
import { conditionsSql, type SqlPart } from './usage-fields.ts';
import type { LimitUseQuery, LimitUseQuestion } from './warehouse.ts';

const LIMIT_USE_SQL = loadSql('limit-use');

/** The columns of hours are seconds in 32 bits. */
const HOUR_SECONDS = HOUR_MS / 1_000;
const TIME_MAX_MS = (2 ** 32 - HOUR_SECONDS) * 1_000;
/** Sums of one statement: more are asked for in several. */
const SUMS_MAX = 200;

export async function limitUse(
  connection: Connection,
  query: LimitUseQuery,
): Promise<readonly ReadonlyMap<number, bigint>[]> {
  const answers: ReadonlyMap<number, bigint>[] = [];
  for (const limits of inStatements(query.limits)) {
    answers.push(...(await askOnce(connection, { ...query, limits })));
  }
  return answers;
}

function* inStatements(limits: readonly LimitUseQuestion[]): Generator<readonly LimitUseQuestion[]> {
  let part: LimitUseQuestion[] = [];
  let sums = 0;
  for (const limit of limits) {
    if (sums + limit.windows.length > SUMS_MAX && part.length > 0) {
      yield part;
      part = [];
      sums = 0;
    }
    part.push(limit);
    sums += limit.windows.length;
  }
  if (part.length > 0) yield part;
}

async function askOnce(
  connection: Connection,
  { customerId, currency, limits, until }: LimitUseQuery,
): Promise<readonly ReadonlyMap<number, bigint>[]> {
  const sums = limits.map((limit, at) => sumsOf(limit, `limit_${at}`));
  const windows = limits.flatMap((limit) => limit.windows);
  if (windows.length === 0) return limits.map(() => new Map());
  const customers = conditionsSql(customerId === null ? [] : [{ field: 'customer', values: [customerId] }]);
  const startMs = Math.min(...windows.map((window) => window.startMs));
  const endMs = Math.min(TIME_MAX_MS, Math.max(...windows.map((window) => window.endMs)));
  const places = untilSql(until);
  const [row] = await connection.select<Readonly<Record<string, string>>>(
    fillSql(LIMIT_USE_SQL, {
      sums: sums.flatMap((parts) => parts.map(({ sql }) => sql)).join(', '),
      until: places.sql,
      customers: customers.sql,
    }),
    {
      ...customers.params,
      ...Object.assign({}, ...sums.flatMap((parts) => parts.map(({ params }) => params))),
      currency,
      from_hour: Math.floor(Math.max(0, startMs) / HOUR_MS) * HOUR_SECONDS,
      to_hour: Math.ceil(endMs / HOUR_MS) * HOUR_SECONDS,
      ...places.params,
    },
  );
  return limits.map(
    (limit, at) =>
      new Map(limit.windows.map(({ startMs: start }, n) => [start, BigInt(row?.[`limit_${at}_${n}`] ?? 0)])),
  );
}

function sumsOf({ scope, modelPattern, metric, windows }: LimitUseQuestion, name: string): readonly SqlPart[] {
  const params: Record<string, string> = {};
  let condition = '';
  if (scope.kind === 'key' || scope.kind === 'project') {
    params[`${name}_scope`] = scope.id;
    condition += ` AND ${scope.kind}_id = {${name}_scope:String}`;
  }
  if (modelPattern !== null) {
    params[`${name}_model`] = likePattern(modelPattern);
    condition += ` AND model LIKE {${name}_model:String}`;
  }
  if (metric === 'cost') condition += ' AND currency = {currency:String}';
  return windows.map(({ startMs, endMs }, at): SqlPart => {
    const start: QueryParams = { [`${name}_${at}_start`]: Math.max(0, startMs) };
    const end: QueryParams = { [`${name}_${at}_end`]: Math.min(TIME_MAX_MS, endMs) };
    const inWindow = `time >= ${instantSql(`${name}_${at}_start`)} AND time < ${instantSql(`${name}_${at}_end`)}`;
    return {
      sql: `toString(sumIf(${QUANTITIES[metric]}, ${inWindow}${condition})) AS ${name}_${at}`,
      params: { ...params, ...start, ...end },
    };
  });
}

function instantSql(param: string): string {
  return `fromUnixTimestamp64Milli({${param}:Int64}, 'UTC')`;
}

const INPUT_SQL = INPUT_CLASSES.map((name) => `toUInt128(${name})`).join(' + ');
const OUTPUT_SQL = OUTPUT_CLASSES.map((name) => `toUInt128(${name})`).join(' + ');

/** As `limitedUseOf` and `quantityOf` of the domain have it for counters. */
const QUANTITIES: Readonly<Record<LimitMetric, string>> = {
  requests: 'toUInt128(requests)',
  input_tokens: INPUT_SQL,
  output_tokens: OUTPUT_SQL,
  tokens: `${INPUT_SQL} + ${OUTPUT_SQL}`,
  cost: 'toUInt128(greatest(ifNull(cost_pico, 0), 0))',
};

/** As `matchesModel` has it: `*` stands for any run of characters, and everything else for itself. */
function likePattern(modelPattern: string): string {
  return modelPattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}
