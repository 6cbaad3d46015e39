// Waits until everything that was accepted before an instant is counted. That it takes longer is no failure here: it is found
// by the check that follows.

import { setTimeout as pause } from 'node:timers/promises';
import type { InvoicingParts } from './parts.ts';

const WAIT_MAX_MS = 5_000;
const EVERY_MS = 200;

export async function waitUntilCounted(
  { warehouse, clock }: Pick<InvoicingParts, 'warehouse' | 'clock'>,
  atMs: number,
): Promise<void> {
  const untilMs = clock.now() + WAIT_MAX_MS;
  for (;;) {
    const asOfMs = await warehouse.asOf();
    if ((asOfMs !== null && asOfMs >= atMs) || clock.now() >= untilMs) return;
    await pause(EVERY_MS);
  }
}
