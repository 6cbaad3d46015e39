// A run: events are sent, counters take them, die, lose partitions and find them again, servers refuse and do not answer. Then
// all of that stops, what is left is consumed, and what is stored and counted is held against what was sent. One file, since a run is
// read from its beginning to its end.

import { demandsOf, encodeRecord, type LimitRule, partitionKeyOf } from '@tollgate/domain';
import { positionOf } from '@tollgate/event-log';
import { rebuildLimits, storedPlaces } from '../../services/quota/src/rebuild-limits.ts';
import { type CounterProcess, CURRENCY, type SimulatedSystem, startCounter, WINDOWS } from './counter-process.ts';
import { pauseIn } from './pauses.ts';
import {
  callsOf,
  EPOCH,
  type PlantedBug,
  receiptKey,
  SimulatedCounters,
  SimulatedLog,
  SimulatedWarehouse,
} from './servers.ts';
import { START_MS, World } from './world.ts';

const PARTITIONS = 2;
const CUSTOMERS = ['cus_a', 'cus_b'];
/** All of its use is reserved first. */
const RESERVED_KEY = 'key_reserved';
const RESERVED_AMOUNT = 3_000n;
const RESERVED_MAX = 400;
const LEASE_MS = 10_000_000;
const NO_FAULTS = { refuse: 0, drop: 0 };
const GATEWAY = { isDead: false };

interface Sent {
  readonly customerId: string;
  readonly eventId: string;
  readonly partition: number;
  readonly position: bigint;
  readonly input: number;
  readonly isEvent: boolean;
}

interface Run extends SimulatedSystem {
  readonly log: SimulatedLog;
  readonly sent: Sent[];
  readonly traits: Traits;
  readonly bug: PlantedBug | undefined;
  /** What does not hold. */
  readonly findings: string[];
}

/** What happens in a run besides crashes, lost partitions and a warehouse that fails. */
interface Traits {
  readonly copies: boolean;
  readonly redisFaults: boolean;
  readonly redisLoss: boolean;
  readonly rebuilds: boolean;
}

/** What does not hold in the run of this seed: nothing. */
export async function simulate({
  seed,
  bug,
}: {
  readonly seed: number;
  readonly bug?: PlantedBug;
}): Promise<readonly string[]> {
  const world = new World(seed);
  pauseIn(world);
  const run: Run = {
    ...{ world, bug, letters: new Map(), sent: [], findings: [], suicide: { chance: 0.03 } },
    log: new SimulatedLog(PARTITIONS),
    warehouse: new SimulatedWarehouse(bug),
    counters: new SimulatedCounters(world, bug),
    faults: { warehouse: { refuse: 0.05, drop: 0.05 }, counters: { ...NO_FAULTS } },
    traits: {
      copies: world.chance(0.5),
      redisFaults: world.chance(0.3),
      redisLoss: world.chance(0.2),
      rebuilds: world.chance(0.5),
    },
  };
  const group = createGroup(run);
  await act(run, rebuildAll(run));
  if (run.traits.redisFaults) Object.assign(run.faults.counters, { refuse: 0.1, drop: 0.1 });
  await act(
    run,
    Promise.all([sendEvents(run), reserveAndSend(run), disturb(run, group)]).then(() => calmDown(run, group)),
  );
  await act(run, group.settleRest());
  const mayHaveDrifted = run.traits.copies || run.traits.redisFaults || run.traits.redisLoss;
  if (mayHaveDrifted) await act(run, healAll(run));
  check(run);
  return run.findings;
}

async function act({ world, findings }: Run, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  const noted = work.then(
    () => {
      isDone = true;
    },
    (error: unknown) => {
      findings.push(`failed: ${error instanceof Error ? error.stack : String(error)}`);
    },
  );
  await world.run();
  if (!isDone && findings.length === 0) findings.push('the run stands still');
  if (isDone) await noted;
}

// ---- who sends

async function sendEvents(run: Run): Promise<void> {
  const { world, sent, traits } = run;
  for (let left = 20 + world.upTo(30); left > 0; left -= 1) {
    await world.turns(4);
    if (world.chance(0.05)) {
      send(run, [{ customerId: '', eventId: '', input: 0, isEvent: false }]);
      continue;
    }
    const earlier = sent.filter(({ isEvent }) => isEvent);
    if (traits.copies && earlier.length > 0 && world.chance(0.3)) {
      const { customerId, eventId, input } = world.pick(earlier);
      send(run, [{ customerId, eventId, input: world.chance(0.5) ? input : input + 1, isEvent: true }]);
      continue;
    }
    send(
      run,
      Array.from({ length: 1 + world.upTo(3) }, (_, at) => ({
        customerId: world.pick(CUSTOMERS),
        eventId: `evt_${left}_${at}`,
        input: 1 + world.upTo(500),
        isEvent: true,
      })),
    );
  }
}

interface ToSend extends Pick<Sent, 'customerId' | 'eventId' | 'input' | 'isEvent'> {
  readonly keyId?: string;
  readonly reservation?: string;
}

/** Copies of an event are in the same partition, and of the same hour. */
function send({ world, log, sent }: Run, events: readonly ToSend[]): void {
  const byPartition = new Map<number, ToSend[]>();
  for (const event of events) {
    const partition = hashOf(partitionKeyOf(event.customerId, event.eventId)) % PARTITIONS;
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), event]);
  }
  for (const [partition, together] of byPartition) {
    const offset = BigInt(log.endOf(partition));
    log.append(
      partition,
      together.map((event) => bytesOf(event, world.nowMs)),
    );
    for (const [index, { customerId, eventId, input, isEvent }] of together.entries()) {
      sent.push({ customerId, eventId, partition, position: positionOf(offset, index), input, isEvent });
    }
  }
}

function bytesOf({ isEvent, customerId, eventId, input, keyId, reservation }: ToSend, nowMs: number): Uint8Array {
  if (!isEvent) return Buffer.from('nothing that was ever accepted');
  const event = {
    ...{ id: eventId, type: 'llm.chat', provider: 'openai', model: 'gpt-4o' },
    usage: { prompt_tokens: input, completion_tokens: 0, total_tokens: input },
    ...(reservation === undefined ? {} : { reservation }),
  };
  return encodeRecord({
    ...{
      kind: 'event',
      customerId,
      projectId: null,
      keyId: keyId ?? 'key_plain',
      reporterKeyId: 'key_gateway',
      eventId,
    },
    // On either side of midnight.
    timeMs: START_MS + (hashOf(eventId) % 1_200_000),
    ...{ receivedAtMs: nowMs, isReplay: false, body: Buffer.from(JSON.stringify(event)) },
  });
}

function hashOf(text: string): number {
  let hash = 7;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  return hash >>> 3;
}

/** A gateway: it reserves the worst case, and reports less, gives it back, or is never heard of again. */
async function reserveAndSend(run: Run): Promise<void> {
  const { world, counters, findings } = run;
  const asked = counters.askedBy(callsOf(world, GATEWAY, NO_FAULTS));
  for (let at = 0; at < 12; at += 1) {
    await world.turns(6);
    const customerId = world.pick(CUSTOMERS);
    const reservationId = `res_${at}`;
    const worst = 1 + world.upTo(RESERVED_MAX - 1);
    const outcome = await asked.reserve(customerId, {
      reservationId,
      ttlMs: LEASE_MS,
      demands: demands(run, customerId, worst),
    });
    const rule = reservedRule(customerId);
    const ledger = counters.ledgerOf(customerId);
    const taken = (ledger.used(rule.id, 0) ?? 0n) + (ledger.held(rule.id) ?? 0n);
    if (!run.traits.copies && taken > RESERVED_AMOUNT) findings.push(`${taken} of ${RESERVED_AMOUNT} are taken`);
    if (!outcome.allowed) continue;
    if (world.chance(0.2)) await asked.release(customerId, reservationId);
    else if (world.chance(0.8)) {
      const input = 1 + world.upTo(worst - 1);
      const event = { customerId, eventId: `evt_of_${reservationId}`, input, isEvent: true, keyId: RESERVED_KEY };
      send(run, [{ ...event, reservation: reservationId }]);
    }
  }
}

function demands({ world }: Run, customerId: string, inputTokens: number) {
  return demandsOf({
    rules: [reservedRule(customerId)],
    ...{ windows: WINDOWS, nowMs: world.nowMs },
    subject: { customerId, keyId: RESERVED_KEY, projectId: null, model: 'gpt-4o' },
    use: { requests: 1n, inputTokens: BigInt(inputTokens), outputTokens: 0n, costPico: 0n },
  }).map(({ demand }) => demand);
}

// ---- limits

function ruleOf(rule: Pick<LimitRule, 'id' | 'scope' | 'metric' | 'window' | 'amount'>): LimitRule {
  const never = { modelPattern: null, countsFromMs: 0, allowanceWhenUnknown: null, suspendedUntilMs: null };
  return { ...rule, ...never, mode: 'block' };
}

function reservedRule(customerId: string): LimitRule {
  const scope = { kind: 'key', id: RESERVED_KEY } as const;
  return ruleOf({
    id: `lim_reserved_${customerId}`,
    scope,
    metric: 'tokens',
    window: 'lifetime',
    amount: RESERVED_AMOUNT,
  });
}

function rulesOf(customerId: string): readonly LimitRule[] {
  const scope = { kind: 'customer', id: customerId } as const;
  return [
    reservedRule(customerId),
    ruleOf({ id: `lim_day_${customerId}`, scope, metric: 'tokens', window: 'day', amount: 1_000n }),
    ruleOf({ id: `lim_cost_${customerId}`, scope, metric: 'cost', window: 'lifetime', amount: 10n ** 12n }),
  ];
}

/** As the quota service does it, while events are settled. */
async function rebuildAll(run: Run): Promise<void> {
  for (const customerId of CUSTOMERS) await rebuild(run, customerId);
}

/** What a process kept when it died was stored, and is never settled. */
async function healAll(run: Run): Promise<void> {
  const { counters, warehouse } = asked(run);
  const places = await storedPlaces(warehouse);
  for (const customerId of CUSTOMERS) {
    await counters.passOver(customerId, places);
    await rebuild(run, customerId);
  }
}

async function rebuild(run: Run, customerId: string): Promise<void> {
  const owner = { owner: customerId, customerId, currency: CURRENCY, windows: WINDOWS };
  await rebuildLimits(asked(run), owner, rulesOf(customerId));
}

function asked({ world, counters, warehouse }: Run) {
  const call = callsOf(world, GATEWAY, NO_FAULTS);
  return {
    counters: counters.askedBy(call),
    warehouse: warehouse.askedBy(call),
    clock: { now: () => world.nowMs },
  };
}

// ---- what goes wrong

type Group = ReturnType<typeof createGroup>;

/** Counters that share the partitions. */
function createGroup(run: Run) {
  const { world, log, bug } = run;
  const processes: CounterProcess[] = [];
  const owners = new Map<number, { readonly process: CounterProcess; readonly controller: AbortController }>();

  const consume = async (partition: number, process: CounterProcess, controller: AbortController): Promise<void> => {
    const isOurs = (): boolean => !process.isDead && owners.get(partition)?.controller === controller;
    const { signal } = controller;
    let from = log.committedOf(partition);
    while (isOurs()) {
      if (from >= log.endOf(partition)) {
        await log.changed();
        continue;
      }
      await world.turn();
      const batch = log.batch(partition, { from, entriesMax: 1 + world.upTo(3) });
      const nextOffset = Number(batch.nextOffset);
      if (bug === 'commit_before_insert') log.commit(partition, nextOffset);
      try {
        await process.handle(batch, { signal, keepAlive: () => Promise.resolve() });
        // A commit takes its time, too; one of a process that has lost the partition is refused.
        await world.turns(3);
        if (!isOurs()) return;
        log.commit(partition, nextOffset);
        from = nextOffset;
      } catch {
        await world.turn();
        from = log.committedOf(partition);
      }
    }
  };

  const assign = (partition: number, process: CounterProcess): void => {
    const before = owners.get(partition);
    const controller = new AbortController();
    owners.set(partition, { process, controller });
    // Until it hears that the partition is gone, the other one goes on.
    if (before !== undefined) void world.turns(40).then(() => before.controller.abort(new Error('revoked')));
    void consume(partition, process, controller);
    log.wake();
  };

  const living = (): CounterProcess => {
    const alive = processes.filter(({ isDead }) => !isDead);
    if (alive.length >= 2 || (alive.length === 1 && world.chance(0.3))) return world.pick(alive);
    const process = startCounter(run);
    processes.push(process);
    return process;
  };

  const rebalance = (): void => {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      if (owners.get(partition)?.process.isDead !== false || world.chance(0.3)) assign(partition, living());
    }
  };

  return {
    rebalance,
    kill() {
      owners.get(world.upTo(PARTITIONS - 1))?.process.kill();
    },
    startAnew() {
      const process = startCounter(run);
      processes.push(process);
      for (let partition = 0; partition < PARTITIONS; partition += 1) assign(partition, process);
    },
    async settleRest() {
      for (const process of processes) if (!process.isDead) await process.settler.retry();
      for (const { controller } of owners.values()) controller.abort(new Error('ended'));
      owners.clear();
      log.wake();
    },
  };
}

async function disturb(run: Run, group: Group): Promise<void> {
  const { world, counters, traits } = run;
  group.rebalance();
  for (let left = 30; left > 0; left -= 1) {
    await world.turns(20);
    if (world.chance(0.15)) group.kill();
    if (traits.redisLoss && world.chance(0.1)) counters.lose();
    if (traits.rebuilds && world.chance(0.2)) await rebuildAll(run);
    group.rebalance();
  }
}

/** Nothing goes wrong any more, and everything that was sent is consumed. */
async function calmDown({ faults, suicide, log }: Run, group: Group): Promise<void> {
  Object.assign(faults.warehouse, NO_FAULTS);
  Object.assign(faults.counters, NO_FAULTS);
  suicide.chance = 0;
  group.startAnew();
  while (!log.isConsumed) await log.changed();
}

// ---- what has to hold

function check(run: Run): void {
  checkRows(run);
  checkReceipts(run);
  checkLimits(run);
}

function checkRows({ sent, warehouse, findings }: Run): void {
  const first = new Map<string, Sent>();
  for (const event of sent.filter(({ isEvent }) => isEvent)) {
    const key = partitionKeyOf(event.customerId, event.eventId);
    if (!first.has(key)) first.set(key, event);
  }
  if (warehouse.rows.size !== first.size) findings.push(`${warehouse.rows.size} events are stored of ${first.size}`);
  for (const [key, { position, input }] of first) {
    const row = warehouse.rows.get(key);
    if (row?.position !== position || row.tokens.input !== BigInt(input))
      findings.push(`${key} is not the one sent first`);
  }
}

function checkReceipts({ sent, warehouse, letters, log, findings }: Run): void {
  if (warehouse.receipts.size !== sent.length)
    findings.push(`${warehouse.receipts.size} receipts for ${sent.length} records`);
  for (const record of sent) {
    const { partition, position, isEvent } = record;
    const outcome = warehouse.receipts.get(receiptKey(record))?.outcome;
    if (outcome !== (isEvent ? 'countable' : 'dead_lettered')) findings.push(`${receiptKey(record)} became ${outcome}`);
    if (!isEvent && !letters.has(`${EPOCH}-${partition}-${position}`))
      findings.push(`no letter of ${receiptKey(record)}`);
  }
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const stored = new Set<bigint>();
    for (const range of warehouse.ranges.filter((one) => one.partition === partition)) {
      for (let offset = range.firstOffset; offset < range.nextOffset; offset += 1n) stored.add(offset);
    }
    if (stored.size !== log.endOf(partition))
      findings.push(`${stored.size} entries are noted of ${log.endOf(partition)}`);
  }
}

function checkLimits({ world, warehouse, counters, findings }: Run): void {
  const everything = new Map(
    Array.from({ length: PARTITIONS }, (_, at) => [at, { epoch: EPOCH, position: 1n << 60n }]),
  );
  world.nowMs += LEASE_MS;
  for (const customerId of CUSTOMERS) {
    const ledger = counters.ledgerOf(customerId);
    ledger.expire(world.nowMs);
    for (const rule of rulesOf(customerId)) {
      const windows =
        rule.window === 'day'
          ? [WINDOWS.windowAt('day', START_MS), WINDOWS.windowAt('day', START_MS + 1_200_000)]
          : [{ startMs: 0, endMs: Number.POSITIVE_INFINITY }];
      const [used] = warehouse.limitUse({
        customerId,
        currency: CURRENCY,
        until: everything,
        limits: [{ ...rule, windows }],
      });
      for (const { startMs } of windows) {
        const [counted, stored] = [ledger.used(rule.id, startMs), used?.get(startMs) ?? 0n];
        if (counted !== stored) findings.push(`${rule.id} has ${counted} where ${stored} are stored`);
      }
      if (ledger.held(rule.id) !== 0n) findings.push(`${rule.id} holds ${ledger.held(rule.id)} for nobody`);
    }
  }
}
