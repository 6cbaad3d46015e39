// Postgres: killed at any time, while an invoice is made final, while facts are put into the outbox; full, or out of reach.

import { setTimeout as pause } from 'node:timers/promises';
import { interrupt, killServer, loseAnswers } from '../acts.ts';
import type { FaultRow } from '../fault-row.ts';
import { acknowledgedMore, type WholeScene } from '../scene.ts';

const AWAY_MS = 15_000;
const isFact = (sent: Buffer): boolean => sent.includes('INSERT INTO outbox');
const isFinalInvoice = (sent: Buffer): boolean => sent.includes("state = 'finalized'");
const isCommit = (sent: Buffer): boolean => sent.includes('COMMIT');

export const ACCOUNTS_ROWS: readonly FaultRow[] = [
  {
    name: 'Postgres killed and started again',
    extent: 'pipe',
    fault: ({ stack }) => killServer(stack.postgres, 2_000),
  },
  {
    name: 'Postgres killed with a fact on its way into the outbox',
    extent: 'whole',
    async fault(scene) {
      const { links, postgres } = scene.stack;
      for (let round = 0; round < 3; round += 1) {
        await interrupt(links.postgres, { matches: isFact, act: () => killServer(postgres) });
        await acknowledgedMore(scene, 50);
      }
    },
  },
  {
    name: 'Postgres killed while an invoice is made final',
    extent: 'whole',
    fault: (scene) => acknowledgedMore(scene, 100),
    async closing(scene, invoiceId) {
      const { links, postgres } = scene.stack;
      await whileFinalizing(scene, invoiceId, () =>
        interrupt(links.postgres, { matches: isFinalInvoice, act: () => killServer(postgres) }),
      );
    },
  },
  {
    name: "Postgres's answers to commits lost, also of a final invoice",
    extent: 'whole',
    fault: ({ stack }) => loseAnswers(stack.links.postgres, { count: 10, matches: isCommit }),
    async closing(scene, invoiceId) {
      const { postgres } = scene.stack.links;
      await whileFinalizing(scene, invoiceId, () =>
        interrupt(postgres, {
          matches: isFinalInvoice,
          async act() {
            postgres.loseAnswers(1, isCommit);
          },
        }),
      );
    },
  },
  {
    name: "Postgres's disk full",
    extent: 'whole',
    async fault({ stack }) {
      const disk = stack.disk('postgres');
      await disk.fill();
      await pause(AWAY_MS);
      await disk.free();
      // It ends when it cannot write what it must.
      await stack.postgres.restart();
    },
  },
  {
    name: 'Postgres, and with it the signing keys, out of reach',
    extent: 'whole',
    async fault(scene) {
      const { postgres } = scene.stack.links;
      postgres.cut();
      await pause(AWAY_MS);
      postgres.swallow();
      await pause(AWAY_MS);
      postgres.heal();
      postgres.reset();
      await acknowledgedMore(scene, 100);
    },
  },
];

/** The act of finance, of which it is not known how it ends. */
async function whileFinalizing(
  { customer: { api } }: WholeScene,
  invoiceId: string,
  fault: () => Promise<void>,
): Promise<void> {
  const finalizing = api.post(`/v1/invoices/${invoiceId}/finalize`, {}).catch(() => undefined);
  await fault();
  await finalizing;
}
