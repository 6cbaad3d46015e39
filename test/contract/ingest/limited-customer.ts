// A customer with limits, for tests of authorizations: limits are written to the accounts store and their counters made
// live, as they are once they have been rebuilt.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Limit } from '@tollgate/accounts';
import type { PriceClass } from '@tollgate/domain';
import { createRedisLimits, type LimitCounters, type RedisLimits } from '@tollgate/limits';
import { createLogger, createMetrics, systemClock } from '@tollgate/runtime';
import type { ServiceProcess } from '../../support/service-process.ts';
import type { Stand } from './stand.ts';

const ATTEMPTS_MAX = 5;
export const ORGANIZATION = 'organization';
/** Picounits of a currency's unit. */
export const UNIT_PICO = 10n ** 12n;

export interface LimitedCustomer {
  readonly customerId: string;
  readonly keyId: string;
  readonly secret: string;
}

interface LimitAnswer {
  readonly id: string;
  readonly remaining: number | string | null;
  readonly resets_at: string | null;
}

export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reservation?: string;
  readonly expires_at?: string;
  readonly limits?: readonly LimitAnswer[];
  readonly code?: string;
  readonly detail?: string;
  readonly limit?:
    | (LimitAnswer & { readonly metric: string; readonly window: string; readonly amount: unknown })
    | null;
  readonly resets_at?: string | null;
}

export type NewLimit = Pick<Limit, 'scope' | 'metric' | 'amount'> & Partial<Limit>;

export class LimitsBench {
  readonly #stand: Stand;
  readonly #limits: RedisLimits;
  readonly counters: LimitCounters;

  private constructor(stand: Stand, limits: RedisLimits) {
    this.#stand = stand;
    this.#limits = limits;
    this.counters = limits.counters({ name: 'tollgate', answerTimeoutMs: 10_000 });
  }

  static async open(stand: Stand): Promise<LimitsBench> {
    const logger = createLogger({ service: 'test', level: 'silent' });
    const metrics = createMetrics('test');
    return new LimitsBench(
      stand,
      await createRedisLimits({ url: stand.redis.url, clock: systemClock, logger, metrics }),
    );
  }

  async createCustomer(settings: Partial<Parameters<Stand['createKey']>[0]> = {}): Promise<LimitedCustomer> {
    const customerId = await this.#stand.createCustomer();
    const scopes = ['limits:check', 'usage:write'] as const;
    const { id: keyId, secret } = await this.#stand.createKey({ customerId, scopes, ...settings });
    return { customerId, keyId, secret };
  }

  /** `isLive: false` leaves its counter unknown, as a rebuild that has not finished does. */
  async createLimit(customerId: string | null, limit: NewLimit, { isLive = true } = {}): Promise<Limit> {
    const nowMs = Date.now();
    const made: Limit = {
      id: `lim_${randomUUID().replaceAll('-', '')}`,
      customerId,
      modelPattern: null,
      window: 'month',
      mode: 'block',
      thresholds: [100],
      allowanceWhenUnknown: null,
      refusesEvents: false,
      suspendedUntilMs: null,
      countsFromMs: 0,
      setBy: 'operator',
      revision: 1,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      ...limit,
    };
    await this.#stand.accounts.createLimit(made);
    if (isLive) await this.revive(made);
    return made;
  }

  async revive(limit: Limit): Promise<void> {
    const owner = limit.customerId ?? ORGANIZATION;
    const { amount, id: limitId } = limit;
    await this.counters.begin(owner, { definition: limit, amount, token: 't', storedUntil: new Map() });
    await this.counters.finish(owner, { limitId, token: 't', used: new Map() });
  }

  async change(limit: Limit, changes: Partial<Limit>): Promise<Limit> {
    const changed = { ...limit, ...changes, updatedAtMs: Date.now() };
    await this.#stand.accounts.updateLimit(changed);
    return changed;
  }

  /** Millionths of a euro for a million tokens, or for one request. */
  async createPrices(model: string, amounts: Readonly<Partial<Record<PriceClass, bigint>>>): Promise<void> {
    const common = {
      ...{ customerId: null, provider: 'openai', model, serviceTier: 'standard' as const, context: null, region: null },
      ...{ currency: 'EUR', source: null, effectiveFromMs: 0, effectiveToMs: null, knownFromMs: 0 },
      ...{ createdAtMs: Date.now(), createdBy: null, note: null },
    };
    await this.#stand.accounts.createPrices(
      Object.entries(amounts).map(([name, amountMicros]) => ({
        ...common,
        id: `pri_${randomUUID()}`,
        class: name as PriceClass,
        amountMicros: amountMicros ?? null,
      })),
    );
  }

  send(secret: string, body: unknown, to?: ServiceProcess): Promise<Response> {
    return this.#stand.post('/v1/authorizations', { secret, body, ...(to === undefined ? {} : { to }) });
  }

  async ask(secret: string, body: object = {}, to?: ServiceProcess): Promise<AuthorizationAnswer> {
    const asked = { provider: 'openai', model: 'gpt-4o', input_tokens: 100, max_output_tokens: 50, ...body };
    for (let attempt = 1; ; attempt += 1) {
      const res = await this.send(secret, asked, to);
      const text = await res.text();
      if (res.status === 200) return JSON.parse(text) as AuthorizationAnswer;
      // On a machine that is too busy a process loses sight of changes, and says so rather than guess. Nothing is held.
      if (res.status !== 503 || attempt === ATTEMPTS_MAX) throw new Error(`${res.status}: ${text}`);
      await pause(Number(res.headers.get('retry-after')) * 1_000);
    }
  }

  release(secret: string, reservation: string): Promise<Response> {
    return fetch(`${this.#stand.ingest.url}/v1/authorizations/${reservation}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(10_000),
    });
  }

  async close(): Promise<void> {
    await this.#limits.close();
  }
}
