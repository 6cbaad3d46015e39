// Where a fault happens: a customer of its own on a stack that others have used before, with traffic under way. On a whole stack
// the customer has limits, a period that is over and can be invoiced, a receiver of webhooks, and keys that are made all the time.

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { createTestCustomer, type TestCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { type FaultStack, RECEIVER_HOST } from './fault-stack.ts';
import { startTraffic, type Traffic } from './traffic.ts';

/** However busy the machine is. */
export const SETTLE_TIMEOUT_MS = 300_000;

export interface Scene {
  readonly stack: FaultStack;
  readonly seed: number;
  readonly customer: TestCustomer;
  readonly traffic: Traffic;
}

export interface WholeScene extends Scene {
  readonly receiver: WebhookReceiver;
  /** Of the receiver's endpoint. */
  readonly endpointId: string;
  /** Blocks, and is never reached. */
  readonly blockLimitId: string;
  /** Tells of its thresholds, which the traffic passes. */
  readonly alertLimitId: string;
  readonly keyMaking: KeyMaking;
}

interface KeyMaking {
  /** Resolves to the ids of all keys that the api said it has made. */
  stop(): Promise<readonly string[]>;
}

const DAY_MS = 86_400_000;
/** Before the end of the customer's last period, after its beginning. */
const EVENTS_AGE_MS = 5 * DAY_MS;
const PERIOD_END_AGE_MS = 2 * DAY_MS;
export const ALERT_TOKENS = 1_000_000;
const BLOCK_TOKENS = 1_000_000_000_000;
const KEY_PAUSE_MS = 1_000;

export async function beginScene(stack: FaultStack, seed: number): Promise<Scene> {
  const customer = await createTestCustomer(stack);
  return { stack, seed, customer, traffic: startSceneTraffic({ stack, seed, customer, untilMs: Date.now() }) };
}

export async function beginWholeScene(stack: FaultStack, seed: number): Promise<WholeScene> {
  const nowMs = Date.now();
  const billingDay = new Date(nowMs - PERIOD_END_AGE_MS).getUTCDate();
  const customer = await createTestCustomer(stack, { currency: 'USD', zone: 'UTC', billing_day: billingDay });
  const { api, customerId } = customer;
  const receiver = await startReceiver({ host: RECEIVER_HOST });
  const url = `http://${RECEIVER_HOST}:${receiver.port}/hooks`;
  const endpoint = await api.json<{ id: string }>(api.post('/v1/webhook-endpoints', { url, customer: customerId }));
  const limit = async (fields: object): Promise<string> => {
    const terms = { scope: { customer: customerId }, metric: 'tokens', window: 'lifetime' };
    const { id } = await api.json<{ id: string }>(api.post('/v1/limits', { ...terms, ...fields }));
    const isKnown = async () => expect(await api.json(api.get(`/v1/limits/${id}`))).toMatchObject({ state: 'known' });
    await eventually(isKnown, { timeoutMs: SETTLE_TIMEOUT_MS });
    return id;
  };
  const blockLimitId = await limit({ amount: BLOCK_TOKENS, mode: 'block' });
  const alertLimitId = await limit({ amount: ALERT_TOKENS, mode: 'alert' });
  return {
    ...{ stack, seed, customer, receiver, blockLimitId, alertLimitId },
    endpointId: endpoint.id,
    traffic: startSceneTraffic({ stack, seed, customer, untilMs: nowMs - EVENTS_AGE_MS }),
    keyMaking: startKeyMaking(customer),
  };
}

interface SceneTraffic extends Pick<Scene, 'stack' | 'seed' | 'customer'> {
  readonly untilMs: number;
}

function startSceneTraffic({ stack, seed, customer, untilMs }: SceneTraffic): Traffic {
  return startTraffic({
    ...{ ingestUrl: `http://127.0.0.1:${stack.links.ingest.port}`, secret: customer.secret, seed, untilMs },
    ...{ senders: 4, batchMax: 20, resendShare: 0.1, giveUpShare: 0.3, pauseMs: 100 },
    reservedShare: stack.extent === 'whole' ? 0.2 : 0,
  });
}

function startKeyMaking({ api, customerId }: TestCustomer): KeyMaking {
  let isStopping = false;
  const made: string[] = [];
  const making = (async () => {
    for (let count = 0; !isStopping; count += 1) {
      const fields = { name: `made ${count}`, customer: customerId, scopes: ['usage:read'] };
      await api.json<{ id: string }>(api.post('/v1/keys', fields)).then(
        ({ id }) => made.push(id),
        // Nobody knows whether it was made.
        () => undefined,
      );
      await pause(KEY_PAUSE_MS);
    }
  })();
  return {
    async stop() {
      isStopping = true;
      await making;
      return made;
    },
  };
}

export async function acknowledgedMore({ traffic }: Pick<Scene, 'traffic'>, events: number): Promise<void> {
  const before = traffic.acknowledged;
  await eventually(async () => expect(traffic.acknowledged).toBeGreaterThanOrEqual(before + events), {
    timeoutMs: SETTLE_TIMEOUT_MS,
  });
}
