// The browser that tests of the dashboard drive: Chromium from this machine.

import { findProgram } from './system-program.ts';

/** The program's path; installed where this process may do that. */
export function findChromium(report: (line: string) => void = () => undefined): Promise<string> {
  return findProgram({
    names: ['chromium', 'chromium-browser', 'google-chrome'],
    aptPackages: ['chromium'],
    remedy:
      'Chromium is not on this machine: install it (Debian: `sudo apt-get install chromium`), so that the tests can drive the dashboard.',
    report,
  });
}
