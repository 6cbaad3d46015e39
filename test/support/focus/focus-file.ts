// A FOCUS file in DuckDB: `focus` has its columns as what they should be, `written` as the text that stands in the file.

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

const DECIMALS =
  /^(BilledCost|ConsumedQuantity|(Contracted|Effective|List)Cost|(Contracted|List)UnitPrice|PricingQuantity)$/;
const TIMES = /^(Billing|Charge)Period(Start|End)$/;

export interface FocusFile {
  readonly connection: DuckDBConnection;
  readonly kind: 'csv' | 'parquet';
  /** The type of each column: what a column of a CSV should be, once all of its cells can be that. */
  readonly types: ReadonlyMap<string, string>;
  readonly rows: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly [Symbol.dispose]: () => void;
}

export async function openFocusFile(path: string): Promise<FocusFile> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows: FocusFile['rows'] = async (sql) => (await connection.runAndReadAll(sql)).getRowObjects();
  const kind = path.endsWith('.csv') ? 'csv' : 'parquet';
  const source =
    kind === 'csv'
      ? `read_csv('${path}', header = true, all_varchar = true, nullstr = '', delim = ',', quote = '"', escape = '"', parallel = false)`
      : `read_parquet('${path}')`;
  const described = await rows(`DESCRIBE SELECT * FROM ${source}`);
  const types = new Map(described.map((each) => [String(each['column_name']), String(each['column_type'])]));
  const names = [...types.keys()];
  await connection.run(
    `CREATE TABLE written AS SELECT ${names.map((name) => `"${name}"::VARCHAR AS "${name}"`)} FROM ${source}`,
  );
  const wanted = names.map((name) => ({ name, type: wantedType(name) }));
  await connection.run(
    `CREATE TABLE focus AS SELECT ${wanted.map(({ name, type }) => `TRY_CAST("${name}" AS ${type}) AS "${name}"`)} FROM ${source}`,
  );
  if (kind === 'csv') {
    const [lost = {}] = await rows(
      `SELECT ${wanted.map(({ name, type }) => `count("${name}") - count(TRY_CAST("${name}" AS ${type})) AS "${name}"`)} FROM written`,
    );
    for (const { name, type } of wanted) if (lost[name] === 0n) types.set(name, type);
  }
  return {
    ...{ connection, kind, types, rows },
    [Symbol.dispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function wantedType(name: string): string {
  if (DECIMALS.test(name)) return 'DECIMAL(38,18)';
  return TIMES.test(name) ? 'TIMESTAMP' : 'VARCHAR';
}
