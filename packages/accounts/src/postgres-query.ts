// Statements and transactions, with every failure named for the caller.

import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { toAccountsError } from './postgres-errors.ts';

/** Runs one statement and gives its rows. */
export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export function queryOn(connection: Pool | PoolClient): Query {
  return async (text, values) => {
    try {
      return (await connection.query(text, [...(values ?? [])])).rows;
    } catch (error) {
      throw toAccountsError(error);
    }
  };
}

export async function inTransaction<Result>(pool: Pool, work: (query: Query) => Promise<Result>): Promise<Result> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw toAccountsError(error);
  }
  // A connection that breaks between two statements fails the next one; unheard, the event would end the process.
  const ignore = (): void => {};
  client.on('error', ignore);
  const query = inTurn(queryOn(client));
  // A connection whose transaction did not end well is thrown away: its state is unknown.
  let isSpoiled = true;
  try {
    await query('BEGIN');
    const result = await work(query);
    await query('COMMIT');
    isSpoiled = false;
    return result;
  } catch (error) {
    isSpoiled = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(isSpoiled);
  }
}

/** A connection takes one statement at a time, also of a transaction in which several things go on at once. */
function inTurn(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve();
  return async <Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]> => {
    const rows = last.then(() => query<Row>(text, values));
    last = rows.catch(() => undefined);
    return await rows;
  };
}

/** A 64-bit number for an advisory lock. Two names with the same number would only wait for each other. */
export function lockNumberOf(name: string): string {
  return createHash('sha256').update(name).digest().readBigInt64BE().toString();
}
