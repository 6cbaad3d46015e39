// The whole system with a browser in front of it. Every page is watched: nothing may be loaded from elsewhere, nothing may
// break the content security policy, and no script may fail.
//
// Starting it costs more than most jobs, so there is one for all of them: `dashboard.test.ts` starts it and runs the jobs of
// each part of the dashboard, which stand in files of their own, `PART-jobs.ts`, as one function:
//
//   export function webhookJobs(stand: () => DashboardStand): void {
//     describe('webhooks', () => {
//       it('an attempt is replayed', async () => {
//         const { stack, openAs } = stand();
//         const customer = await createTestCustomer(stack);
//         const page = await openAs(stack.operatorKey, '/webhooks');
//         …
//         await page.context().close();
//       });
//     });
//   }
//
// `stand` is called inside of tests alone: before, there is none. All services run; webhooks reach receivers on this machine.
// Each job makes its own customer. What the last test looks for on every page of `public/pages.json` (axe in light and dark, a
// phone's width, nothing that moves while it loads) it also looks for on the addresses that jobs add to `detailPages`.
// One part alone: `npx vitest run --project system test/browser -t webhooks`.

import { findChromium } from '@tollgate/local';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Stack, startStack } from '../support/stack.ts';

/** Of what should be there at once; a busy machine is no failure. */
const TIMEOUT_MS = 60_000;

interface WindowOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

export interface DashboardStand {
  readonly stack: Stack;
  /** A browser of its own for each, in which nobody is signed in. Whoever opens it closes its context. */
  open(options?: WindowOptions): Promise<Page>;
  /** One in which the owner of this secret is signed in, at this address, when the page's heading is there. */
  openAs(secret: string, path: string, options?: WindowOptions): Promise<Page>;
  /** To another address, until its heading is there. */
  goTo(page: Page, path: string): Promise<void>;
  /** Addresses such as `/customers/cus_…` that no navigation has, for the test of every page. */
  readonly detailPages: Set<string>;
  /** What no page may do, as sentences; empty at the end. */
  readonly offences: string[];
  /** The rules that axe finds broken on the page as it is. */
  violations(page: Page): Promise<readonly string[]>;
  close(): Promise<void>;
}

const ENV = {
  TOLLGATE_WEBHOOK_HTTP: 'yes',
  TOLLGATE_WEBHOOK_ALLOWED_ADDRESSES: '127.0.0.0/8',
  TOLLGATE_WEBHOOK_PORTS: 'any',
  TOLLGATE_WEBHOOK_RETRY_SECONDS: Array.from({ length: 50 }, () => '0.5').join(','),
  TOLLGATE_BILLING_SWEEP_EVERY_MS: '300',
  TOLLGATE_BILLING_LATE_EVERY_MS: '1000',
};

export async function startDashboardStand(): Promise<DashboardStand> {
  const executablePath = await findChromium((line) => process.stdout.write(`${line}\n`));
  const [stack, browser] = await Promise.all([
    startStack({ log: 'redis-streams', env: ENV }),
    chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }),
  ]);
  await Promise.all([stack.quotas[0].start(), stack.webhooks.start(), stack.billings[0].start()]);
  const offences: string[] = [];
  const { url } = stack.api;
  const open = (options: WindowOptions = {}) => openPage(browser, { origin: url, offences, ...options });
  const goTo = async (page: Page, path: string): Promise<void> => {
    await page.goto(`${url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  return {
    ...{ stack, offences, open, goTo, detailPages: new Set() },
    async openAs(secret, path, options) {
      const page = await open(options);
      await page.context().addCookies([{ ...(await signInWith(stack, secret)), url, httpOnly: true }]);
      await goTo(page, path);
      return page;
    },
    violations: violationsOf,
    async close() {
      await browser.close();
      await stack.close();
    },
  };
}

async function signInWith(stack: Stack, secret: string): Promise<{ readonly name: string; readonly value: string }> {
  const res = await fetch(`${stack.api.url}/v1/sessions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const [, name, value] = /^([^=]+)=([^;]+);/.exec(res.headers.get('set-cookie') ?? '') ?? [];
  if (name === undefined || value === undefined) throw new Error(`${res.status}: ${await res.text()}`);
  return { name, value };
}

async function openPage(
  browser: Browser,
  options: WindowOptions & { readonly origin: string; readonly offences: string[] },
): Promise<Page> {
  const { origin, offences, width = 1_440, colorScheme = 'light' } = options;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'blob:') offences.push(`asked ${request.url()}`);
  });
  page.on('pageerror', (error) => offences.push(`failed: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) offences.push(message.text());
  });
  return page;
}

/** axe is run as the debugger runs code, which no policy of the page forbids. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(`window.axe === undefined && (() => { ${axe.source} })()`);
  const found: unknown = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map((one) => [one.impact, one.id, ...one.nodes.map((node) => node.target.join(' '))].join(' ')))",
  );
  return Array.isArray(found) ? found.map(String) : [];
}
