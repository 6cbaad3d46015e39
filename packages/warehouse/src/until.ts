// Rows up to a place in the log: the answer is of one instant of it, whatever is stored meanwhile.

import { EVENT_EPOCH_SQL, EVENT_POSITION_SQL } from './books.ts';
import type { QueryParams } from './connection.ts';
import type { SqlPart } from './usage-fields.ts';
import type { StoredPlace } from './warehouse.ts';

/** ` AND …`: of a partition that is not named nothing counts. For statements that have `version` and `log_partition`. */
export function untilSql(until: ReadonlyMap<number, StoredPlace>): SqlPart {
  const lastOf = (what: string, type: string): string =>
    `transform(log_partition, {partitions:Array(UInt32)}, {${what}:Array(${type})}, to${type}(0))`;
  return {
    sql: ` AND (${EVENT_EPOCH_SQL}, ${EVENT_POSITION_SQL}) <= (${lastOf('epochs', 'UInt32')}, ${lastOf('positions', 'UInt64')})`,
    params: untilParams(until),
  };
}

function untilParams(until: ReadonlyMap<number, StoredPlace>): QueryParams {
  const places = [...until];
  return {
    partitions: places.map(([partition]) => partition),
    epochs: places.map(([, { epoch }]) => epoch),
    positions: places.map(([, { position }]) => position),
  };
}
