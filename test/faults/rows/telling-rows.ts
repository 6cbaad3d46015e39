// Webhooks and billing: workers that die between two writes, receivers that hang, and several who do the same.

import { setTimeout as pause } from 'node:timers/promises';
import { restart, restartAt } from '../acts.ts';
import type { FaultRow } from '../fault-row.ts';
import { SELLER } from '../fault-stack.ts';
import { acknowledgedMore } from '../scene.ts';

const HANGS_MS = 15_000;

export const TELLING_ROWS: readonly FaultRow[] = [
  {
    name: "webhooks killed after a receiver's 200, before it is noted",
    extent: 'whole',
    async fault({ stack }) {
      for (let round = 0; round < 3; round += 1) await restartAt(stack.webhooks, 'sent');
    },
  },
  {
    name: 'webhooks killed with messages just made, and with deliveries just claimed',
    extent: 'whole',
    async fault({ stack }) {
      await restartAt(stack.webhooks, 'messages-made');
      await restartAt(stack.webhooks, 'claimed');
    },
  },
  {
    name: 'a receiver that hangs, one that fails, and one that is not there',
    extent: 'whole',
    async fault({ receiver }) {
      receiver.answer = () => null;
      await pause(HANGS_MS);
      receiver.answer = () => ({ status: 500 });
      await pause(HANGS_MS);
      await receiver.goDown();
      await pause(HANGS_MS);
      await receiver.comeBack();
      receiver.answer = () => ({ status: 200 });
    },
  },
  {
    name: 'two billing services and three people who finalize the same invoice',
    extent: 'whole',
    fault: (scene) => acknowledgedMore(scene, 100),
    async closing({ stack, customer: { api } }, invoiceId) {
      const [first, second] = stack.billings;
      await second.start();
      // Drafts are made final at once by whoever looks.
      await api.json(api.put('/v1/organization/billing', { ...SELLER, grace_seconds: 0 }));
      const acts = Array.from({ length: 3 }, () => api.post(`/v1/invoices/${invoiceId}/finalize`, {}));
      await Promise.all([...acts, restart(first)]);
      await api.json(api.put('/v1/organization/billing', SELLER));
      await second.signal('SIGTERM');
    },
  },
];
