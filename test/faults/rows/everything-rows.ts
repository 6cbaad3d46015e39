// Everything at once: all that runs is killed, every clock is wrong, every link is slow.

import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { createRandom } from '../../support/random.ts';
import type { ServiceProcess } from '../../support/service-process.ts';
import { billAcrossClockChanges } from '../clock-changes.ts';
import type { FaultRow } from '../fault-row.ts';
import type { FaultStack } from '../fault-stack.ts';
import { acknowledgedMore, type WholeScene } from '../scene.ts';

const CLOCK_SHIFT = fileURLToPath(new URL('../shift-clock.mjs', import.meta.url));
const TEN_MINUTES_MS = 600_000;
const SLOW_MS = 30_000;

export const EVERYTHING_ROWS: readonly FaultRow[] = [
  {
    name: 'everything killed at once and started in any order',
    extent: 'whole',
    async fault(scene) {
      for (let round = 0; round < 2; round += 1) {
        await killAll(scene, round);
        await acknowledgedMore(scene, 100);
      }
    },
  },
  {
    name: 'every link two seconds slower',
    extent: 'whole',
    fault: ({ stack }) => throughAll(stack, (link) => link.delay(2_000)),
  },
  {
    name: 'every link at a thousand bytes a second',
    extent: 'whole',
    fault: ({ stack }) => throughAll(stack, (link) => link.throttle(1_000)),
  },
  {
    name: 'clocks ten minutes ahead in ingest and behind in all others',
    extent: 'whole',
    fault: (scene) => withClocks(scene, { ingestMs: TEN_MINUTES_MS, othersMs: -TEN_MINUTES_MS }),
  },
  {
    name: 'clocks ten minutes behind in ingest and ahead in all others',
    extent: 'whole',
    fault: (scene) => withClocks(scene, { ingestMs: -TEN_MINUTES_MS, othersMs: TEN_MINUTES_MS }),
  },
  {
    name: 'months that end on the day on which clocks are changed',
    extent: 'whole',
    fault: (scene) => billAcrossClockChanges(scene),
  },
];

/** Those that run between two rows. */
function servicesOf({ ingest, api, counters, quotas, billings, webhooks }: FaultStack): readonly ServiceProcess[] {
  return [ingest, api, counters[0], quotas[0], billings[0], webhooks];
}

function serversOf({ clickhouse, postgres, redis, logServer }: FaultStack) {
  return [clickhouse, postgres, redis, logServer];
}

async function killAll({ stack, seed }: WholeScene, round: number): Promise<void> {
  const services = servicesOf(stack);
  const servers = serversOf(stack);
  await Promise.all([...services, ...servers].map((each) => kill(each)));
  const random = createRandom(seed * 10 + round);
  const order = [...services.map((each) => () => startStubbornly(each)), ...servers.map((each) => () => each.restart())]
    .map((start) => ({ start, at: random.next() }))
    .toSorted((one, other) => one.at - other.at);
  const started: Promise<void>[] = [];
  for (const { start } of order) {
    started.push(start());
    await pause(random.below(1_000));
  }
  await Promise.all(started);
}

function kill(process: ServiceProcess | { kill(signal: NodeJS.Signals): Promise<void> }): Promise<void> {
  return 'kill' in process ? process.kill('SIGKILL') : process.signal('SIGKILL');
}

/** As a supervisor does it: a service that finds no servers may end, and is started again. */
async function startStubbornly(service: ServiceProcess): Promise<void> {
  const attemptsMax = 20;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await service.start();
      return;
    } catch (error) {
      if (attempt === attemptsMax || service.isRunning()) throw error;
    }
  }
}

async function throughAll({ links }: FaultStack, change: (link: FaultStack['links']['ingest']) => void): Promise<void> {
  for (const link of Object.values(links)) change(link);
  await pause(SLOW_MS);
  for (const link of Object.values(links)) link.heal();
}

/** The servers' clocks stay right. */
async function withClocks(
  scene: WholeScene,
  { ingestMs, othersMs }: { readonly ingestMs: number; readonly othersMs: number },
): Promise<void> {
  const { stack } = scene;
  const services = servicesOf(stack);
  const startAll = async (envOf: (service: ServiceProcess) => Readonly<Record<string, string>>): Promise<void> => {
    for (const service of services) {
      await service.signal('SIGTERM');
      await service.start(envOf(service));
    }
  };
  await startAll((service) => ({
    NODE_OPTIONS: `--import ${CLOCK_SHIFT}`,
    CLOCK_SHIFT_MS: `${service === stack.ingest ? ingestMs : othersMs}`,
  }));
  await acknowledgedMore(scene, 300);
  expect(services.every((service) => service.isRunning())).toBe(true);
  await startAll(() => ({}));
}
