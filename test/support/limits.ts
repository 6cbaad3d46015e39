// Limits for tests on a whole stack: made in the accounts store, and looked at where they are counted.

import { randomUUID } from 'node:crypto';
import { createPostgresAccounts, type Limit } from '@tollgate/accounts';
import { countedWindows, createLimitWindows } from '@tollgate/domain';
import { createRedisLimits, type LimitReading } from '@tollgate/limits';
import { createLogger, createMetrics, systemClock } from '@tollgate/runtime';
import { Pool } from 'pg';
import type { Stack } from './stack.ts';

export interface LimitsClient {
  create(limit: Pick<Limit, 'metric' | 'window' | 'amount' | 'scope'> & Partial<Limit>): Promise<Limit>;
  update(limit: Limit): Promise<void>;
  /** How the counter of the window under way stands. */
  read(limit: Limit): Promise<LimitReading>;
  /** A request's worst case held against the limit, as ingest does it. */
  reserve(
    limit: Limit,
    quantity: bigint,
  ): Promise<{ readonly id: string; readonly allowed: boolean; readonly reason?: string }>;
  /** What was put into the outbox for the customer about limits, in order: its type and its data. */
  told(customerId: string): Promise<readonly { readonly type: string; readonly data: Record<string, unknown> }[]>;
  close(): Promise<void>;
}

const RESERVED_MS = 15_000;

export async function openLimits(stack: Stack): Promise<LimitsClient> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const url = stack.postgres.url;
  const accounts = createPostgresAccounts({ url, clock: systemClock, logger });
  const pool = new Pool({ connectionString: url, max: 1 });
  const redis = { url: stack.redis.url, clock: systemClock, logger, metrics: createMetrics('test') };
  const limits = await createRedisLimits({ ...redis, answerTimeoutMs: 2_000 });
  const counters = limits.counters({ name: 'tollgate' });

  const ownerOf = ({ customerId }: Limit): string => customerId ?? 'organization';
  const demandOf = async (limit: Limit) => {
    const set = await accounts.limitSet(limit.customerId);
    if (set === null) throw new Error('there is no such customer');
    const nowMs = Date.now();
    const windows = countedWindows(limit, createLimitWindows(set.calendar), nowMs);
    const window = windows.find(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
    return { limit, windowStartMs: limit.window === 'minute' ? 0 : (window?.startMs ?? 0), amount: limit.amount };
  };

  return {
    async create(fields) {
      const nowMs = Date.now();
      const limit: Limit = {
        id: `lim_${randomUUID()}`,
        customerId: fields.scope.kind === 'customer' ? fields.scope.id : null,
        ...{ modelPattern: null, countsFromMs: 0, mode: 'block', thresholds: [50, 75, 90, 100], setBy: 'operator' },
        ...{ allowanceWhenUnknown: null, refusesEvents: false, suspendedUntilMs: null, revision: 1 },
        ...{ createdAtMs: nowMs, updatedAtMs: nowMs },
        ...fields,
      };
      await accounts.createLimit(limit);
      return limit;
    },
    update: (limit) => accounts.updateLimit(limit),
    async read(limit) {
      const [reading] = await counters.read(ownerOf(limit), [await demandOf(limit)]);
      if (reading === undefined) throw new Error('no answer');
      return reading;
    },
    async reserve(limit, quantity) {
      const id = `res_${randomUUID()}`;
      const demand = { ...(await demandOf(limit)), quantity, mode: 'block', allowanceWhenUnknown: null } as const;
      const outcome = await counters.reserve(ownerOf(limit), {
        reservationId: id,
        ttlMs: RESERVED_MS,
        demands: [demand],
      });
      return { id, allowed: outcome.allowed, ...(outcome.allowed ? {} : { reason: outcome.reason }) };
    },
    async told(customerId) {
      const { rows } = await pool.query(
        `SELECT type, data::text AS data FROM outbox WHERE customer_id = $1 AND (type LIKE '%limit%' OR type LIKE 'quota%') ORDER BY id`,
        [customerId],
      );
      return rows.map((row) => ({ type: String(row.type), data: JSON.parse(row.data) as Record<string, unknown> }));
    },
    async close() {
      await limits.close();
      await pool.end();
      await accounts.close();
    },
  };
}
