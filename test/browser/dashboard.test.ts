// The dashboard as people use it, on the real system. One file, for one stack: its start is most of the time.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
// The generator of the dashboard's types, which is no part of what it exports.
import { typesOf } from '../../services/dashboard/generate-types.mjs';
import { type DashboardStand, startDashboardStand } from './dashboard-stand.ts';
import { everyPage } from './every-page.ts';
import { keyJobs } from './key-jobs.ts';
import { moneyJobs } from './money-jobs.ts';
import { operationJobs } from './operation-jobs.ts';
import { portalJobs } from './portal-jobs.ts';
import { signInJobs } from './sign-in-jobs.ts';
import { usageJobs } from './usage-jobs.ts';

/** Eight processes and a browser, on a machine that may be busy. */
const START_TIMEOUT_MS = 300_000;

let started: DashboardStand;
beforeAll(async () => {
  started = await startDashboardStand();
}, START_TIMEOUT_MS);
afterAll(() => started?.close());

const stand = (): DashboardStand => started;

signInJobs(stand);
usageJobs(stand);
keyJobs(stand);
moneyJobs(stand);
operationJobs(stand);
portalJobs(stand);
// After all jobs, whose things the pages then show.
everyPage(stand);

it('the types that the pages are checked with are those of the api', async () => {
  const document = await (await fetch(`${started.stack.api.url}/openapi.json`)).json();
  const file = new URL('../../services/dashboard/src/api/schema.ts', import.meta.url);
  expect(typesOf(document)).toBe(await readFile(file, 'utf8'));
});

it('no page asked another origin, broke the policy, or failed', () => {
  expect(started.offences).toEqual([]);
});
