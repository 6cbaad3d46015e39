// A row of the matrix from its beginning to its end: traffic flows, the fault happens, traffic goes on; then the system is held
// against the journal.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalServer } from '@tollgate/local';
import { eventually } from '../support/eventually.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import type { FaultRow, PipeRow } from './fault-row.ts';
import type { FaultStack } from './fault-stack.ts';
import { expectAllHolds, finalize } from './hold-all.ts';
import { acknowledgedMore, beginScene, beginWholeScene, SETTLE_TIMEOUT_MS, type WholeScene } from './scene.ts';
import { expectExact } from './verify.ts';

/** What the services wrote in a row that failed. */
const OUTPUT_FOLDER = fileURLToPath(new URL('../../test-output/faults', import.meta.url));

export interface Trial<Row extends FaultRow> {
  readonly row: Row;
  readonly seed: number;
}

export async function surviveRow(stack: FaultStack, { row, seed }: Trial<FaultRow>): Promise<void> {
  try {
    if (stack.extent === 'whole') await surviveWhole(stack, { row, seed });
    else if (row.extent === 'pipe') await survivePipe(stack, { row, seed });
  } catch (error) {
    await keepOutput(stack, seed);
    // The next row begins on a stack that works; where it does not, that one fails as well.
    await mend(stack).catch(() => undefined);
    throw error;
  }
}

async function survivePipe(stack: FaultStack, { row, seed }: Trial<PipeRow>): Promise<void> {
  const scene = await eventually(() => beginScene(stack, seed), { timeoutMs: SETTLE_TIMEOUT_MS });
  const { traffic, customer } = scene;
  try {
    await acknowledgedMore(scene, 100);
    await row.fault(scene);
    await acknowledgedMore(scene, 100);
  } catch (error) {
    await traffic.stop().catch(() => undefined);
    throw error;
  }
  await expectExact({ ...customer, journal: await traffic.stop(), timeoutMs: SETTLE_TIMEOUT_MS });
}

async function surviveWhole(stack: FaultStack, { row, seed }: Trial<FaultRow>): Promise<void> {
  const scene = await eventually(() => beginWholeScene(stack, seed), { timeoutMs: SETTLE_TIMEOUT_MS });
  try {
    await acknowledgedMore(scene, 100);
    await row.fault(scene);
    await acknowledgedMore(scene, 100);
    await expectAllHolds(scene, (invoiceId) => close(scene, row, invoiceId));
  } finally {
    await scene.traffic.stop().catch(() => undefined);
    await scene.keyMaking.stop();
    await scene.receiver.close();
  }
}

async function close(scene: WholeScene, row: FaultRow, invoiceId: string): Promise<void> {
  if (row.extent === 'whole') await row.closing?.(scene, invoiceId);
  await finalize(scene, invoiceId);
}

async function mend(stack: FaultStack): Promise<void> {
  const { ingest, api, counters, quotas, billings, webhooks, links } = stack;
  for (const link of Object.values(links)) link.heal();
  const servers = new Set<LocalServer>([stack.clickhouse, stack.postgres, stack.redis, stack.logServer]);
  await stack.freeDisks();
  for (const server of servers) await server.restart();
  for (const spare of [counters[1], quotas[1], billings[1]]) await end(spare);
  const needed = stack.extent === 'whole' ? [quotas[0], billings[0], webhooks] : [];
  for (const service of [api, ingest, counters[0], ...needed]) await end(service);
  // One that takes its time is waited for by the row that needs it.
  await Promise.allSettled([api, ingest, counters[0], ...needed].map((service) => service.start()));
}

async function end(service: ServiceProcess): Promise<void> {
  if (service.isRunning()) await service.signal('SIGKILL');
}

async function keepOutput(stack: FaultStack, seed: number): Promise<void> {
  await mkdir(OUTPUT_FOLDER, { recursive: true });
  const { ingest, api, counters, quotas, billings, webhooks } = stack;
  const services = { ingest, api, counter: counters[0], second_counter: counters[1], quota: quotas[0], webhooks };
  const text = Object.entries({ ...services, billing: billings[0] })
    .map(([name, service]) => `==== ${name}\n${service.output()}\n`)
    .join('');
  await writeFile(join(OUTPUT_FOLDER, `${stack.log}-${seed}.log`), text);
}
