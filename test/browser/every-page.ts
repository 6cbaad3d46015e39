// What holds of every page there is, in one visit to each: axe finds nothing in light and in dark, nothing moves while it
// loads, and it fits a phone.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { DashboardStand } from './dashboard-stand.ts';

const PAGES = new URL('../../services/dashboard/public/pages.json', import.meta.url);
/** Of those who are not signed in; their tests look at them. */
const OUTSIDE = ['sign-in', 'portal'];

/** "Good" is below 0.1 (web.dev/cls); what is pinned from the start moves less. */
const LAYOUT_SHIFT_MAX = 0.02;

/** It grows with the pages. */
const TIMEOUT_MS = 300_000;

const WATCH_SHIFTS = `
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** So that no colour is looked at on its way to another. What repeats for ever never settles. */
const COLORS_SETTLED = `new Promise((resolve) => requestAnimationFrame(resolve)).then(() =>
  Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)))`;

const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

export function everyPage(stand: () => DashboardStand): void {
  describe('every page', () => {
    it(
      'has nothing that axe finds, light and dark; stands still; fits a phone',
      async () => {
        const { stack, openAs, goTo, detailPages, violations } = stand();
        const sections: unknown = JSON.parse(await readFile(PAGES, 'utf8'));
        const names = Array.isArray(sections) ? sections.map(String).filter((name) => !OUTSIDE.includes(name)) : [];
        const page = await openAs(stack.operatorKey, '/');
        await page.addInitScript(WATCH_SHIFTS);
        const found: string[] = [];
        for (const path of ['/', ...names.map((name) => `/${name}`), ...detailPages]) {
          await page.setViewportSize({ width: 1_440, height: 900 });
          await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
          await goTo(page, path);
          await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
          const shifted = Number(await page.evaluate('window.shifted'));
          if (shifted > LAYOUT_SHIFT_MAX) found.push(`${path} moves by ${shifted}`);
          found.push(...(await violations(page)).map((one) => `${path} light ${one}`));
          await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
          await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
          await page.evaluate(COLORS_SETTLED);
          found.push(...(await violations(page)).map((one) => `${path} dark ${one}`));
          await page.setViewportSize({ width: 390, height: 844 });
          // Charts follow the width a moment later.
          await eventually(async () => expect(Number(await page.evaluate(OVERFLOW))).toBe(0), {
            timeoutMs: 5_000,
          }).catch(() => found.push(`${path} is wider than a phone`));
        }
        expect(found).toEqual([]);
        await page.getByRole('button', { name: 'Navigation', exact: true }).click();
        await page.getByRole('link', { name: 'Usage' }).click();
        await page.getByRole('heading', { name: 'Usage', exact: true }).waitFor();
        await page.context().close();
      },
      TIMEOUT_MS,
    );
  });
}
