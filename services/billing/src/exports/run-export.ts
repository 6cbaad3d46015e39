// Takes an export forward: plans it, has its parts written, and puts the archive together when all of them are there. Run again
// and again until it is done, by whichever process; all that it knows is on the disk and in the store.

import type { Accounts, InvoiceExport } from '@tollgate/accounts';
import type { Archives } from '@tollgate/archive';
import type { Jobs, NewJob } from '@tollgate/jobs';
import type { Clock, Failpoint } from '@tollgate/runtime';
import { INVOICES_PER_PART, parsePartPlan, planExport } from './export-plan.ts';
import { manifestOf } from './manifest.ts';
import type { PartParts } from './write-export-part.ts';

export interface ExportParts extends PartParts {
  readonly accounts: PartParts['accounts'] & Pick<Accounts, 'saveExport' | 'exclusively'>;
  readonly archives: Archives;
  readonly jobs: Pick<Jobs, 'add'>;
  readonly clock: Clock;
  readonly failpoint: Failpoint;
}

/** Jobs of an export that wait at the same time; others come between. */
const PARTS_AT_ONCE = 64;
const FAILURES_MAX = 5;

export async function runExport(parts: ExportParts, exportId: string, signal: AbortSignal): Promise<void> {
  const { accounts, archives, jobs, clock } = parts;
  const made = await accounts.export(exportId);
  if (made?.state !== 'waiting' && made?.state !== 'running') return;
  const planned = made.state === 'running' ? made : await plan(parts, made);
  const count = (await archives.countParts(exportId)) ?? 0;
  const failure = (await archives.failures(exportId)).find(({ times }) => times >= FAILURES_MAX);
  if (failure !== undefined) {
    const ended = { state: 'failed', failure: failure.last, finishedAtMs: clock.now() } as const;
    await accounts.saveExport({ ...planned, ...ended });
    return;
  }
  const written = await archives.writtenParts(exportId);
  if (written.size === count || (await archives.sealed(exportId)) !== null) {
    await seal(parts, planned, signal);
    return;
  }
  const invoicesDone = doneOf(planned.invoicesTotal, written);
  if (invoicesDone !== planned.invoicesDone) await accounts.saveExport({ ...planned, invoicesDone });
  const left = Array.from({ length: count }, (_, part) => part).filter((part) => !written.has(part));
  await jobs.add(left.slice(0, PARTS_AT_ONCE).map((part) => partJob(exportId, part)));
}

/** By one process, so that all agree on what each part holds. */
async function plan({ accounts, archives, failpoint }: ExportParts, made: InvoiceExport): Promise<InvoiceExport> {
  return await accounts.exclusively(`export ${made.id}`, async (records) => {
    await archives.plan(made.id, planExport(accounts, made));
    failpoint('export.after_plan');
    const planned: InvoiceExport = { ...made, state: 'running', invoicesTotal: await countInvoices(archives, made.id) };
    await records.saveExport(planned);
    return planned;
  });
}

async function countInvoices(archives: Archives, id: string): Promise<number> {
  const parts = (await archives.countParts(id)) ?? 0;
  let invoices = 0;
  for (let part = 0; part < parts; part++) {
    const planned = parsePartPlan(await archives.partPlan(id, part));
    if (planned.kind === 'invoices') invoices += planned.invoiceIds.length;
  }
  return invoices;
}

/** By one process: what is kept of the archive is what lies there. */
async function seal(parts: ExportParts, made: InvoiceExport, signal: AbortSignal): Promise<void> {
  const { accounts, archives, clock, failpoint } = parts;
  const { id, month } = made;
  await accounts.exclusively(`export ${id}`, async (records) => {
    if ((await records.export(id))?.state !== 'running') return;
    const drafts = await records.countInvoices({ month, states: ['draft'] });
    signal.throwIfAborted();
    const nowMs = clock.now();
    const manifest = manifestOf(archives, { made, drafts, nowMs });
    const { bytes, sha256 } =
      (await archives.sealed(id)) ?? (await archives.seal(id, [{ path: 'manifest.json', content: manifest }]));
    failpoint('export.after_seal');
    const ended = { state: 'done', bytes: BigInt(bytes), sha256, finishedAtMs: nowMs } as const;
    await records.saveExport({ ...made, ...ended, invoicesDone: made.invoicesTotal });
  });
}

/** Those of invoices are the first parts. */
function doneOf(invoicesTotal: number, written: ReadonlySet<number>): number {
  const parts = Math.ceil(invoicesTotal / INVOICES_PER_PART);
  return [...written]
    .filter((part) => part < parts)
    .reduce((sum, part) => sum + Math.min(INVOICES_PER_PART, invoicesTotal - part * INVOICES_PER_PART), 0);
}

function partJob(exportId: string, part: number): NewJob<'billing.export-part'> {
  return { name: 'billing.export-part', id: `billing.export-part.${exportId}.${part}`, payload: { exportId, part } };
}
