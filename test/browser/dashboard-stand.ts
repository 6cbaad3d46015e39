// The whole system with a browser in front of it. Every page is watched: nothing may be loaded from elsewhere, nothing may
// break the content security policy, and no script may fail.

import { findChromium } from '@tollgate/local';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Stack, startStack } from '../support/stack.ts';

const TIMEOUT_MS = 15_000;

export interface DashboardStand {
  readonly stack: Stack;
  /** A browser of its own for each, in which nobody is signed in. */
  open(options?: { readonly width?: number; readonly colorScheme?: 'light' | 'dark' }): Promise<Page>;
  signIn(page: Page, secret: string): Promise<void>;
  /** What no page may do, as sentences; empty at the end. */
  readonly offences: string[];
  /** The rules that axe finds broken on the page as it is. */
  violations(page: Page): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startDashboardStand(): Promise<DashboardStand> {
  const executablePath = await findChromium((line) => process.stdout.write(`${line}\n`));
  const [stack, browser] = await Promise.all([
    startStack({ log: 'redis-streams' }),
    chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }),
  ]);
  const offences: string[] = [];
  return {
    stack,
    offences,
    open: (options = {}) => openPage(browser, { origin: stack.api.url, offences, ...options }),
    async signIn(page, secret) {
      await page.goto(`${stack.api.url}/sign-in`);
      await page.getByRole('textbox', { name: 'API key' }).fill(secret);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
    },
    violations: violationsOf,
    async close() {
      await browser.close();
      await stack.close();
    },
  };
}

interface PageOptions {
  readonly origin: string;
  readonly offences: string[];
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

async function openPage(browser: Browser, options: PageOptions): Promise<Page> {
  const { origin, offences, width = 1_440, colorScheme = 'light' } = options;
  const context: BrowserContext = await browser.newContext({
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
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map((one) => [one.impact, one.id, ...one.nodes.map((node) => node.target.join(' '))].join(' ')))",
  );
  return Array.isArray(found) ? found.map(String) : [];
}
