// Tells the others that this process runs and whether its dependencies answer: through the accounts, which all of them have,
// so that one page shows every process wherever it is. At an orderly end it is forgotten; one that was killed goes silent.

import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import { type ReadinessCheck, readiness } from './operations.ts';
import { repeat } from './repeat.ts';
import type { Closable } from './service.ts';

export const PROCESS_REPORT_EVERY_MS = 5_000;

interface ProcessReport {
  readonly id: string;
  readonly service: string;
  readonly startedAtMs: number;
  readonly reportedAtMs: number;
  readonly checks: Readonly<Record<string, boolean>>;
}

interface ReportProcessOptions {
  readonly service: string;
  readonly checks: readonly ReadinessCheck[];
  readonly store: { reportProcess(report: ProcessReport): Promise<void>; forgetProcess(id: string): Promise<void> };
  readonly clock: Clock;
  readonly logger: Logger;
}

export function reportProcess({ service, checks, store, clock, logger }: ReportProcessOptions): Closable {
  const id = randomUUID();
  const startedAtMs = clock.now();
  const reported = repeat(
    {
      name: 'report of this process',
      everyMs: PROCESS_REPORT_EVERY_MS,
      run: async () =>
        store.reportProcess({ id, service, startedAtMs, checks: await readiness(checks), reportedAtMs: clock.now() }),
    },
    logger,
  );
  return {
    async close() {
      await reported.close();
      await store.forgetProcess(id);
    },
  };
}
