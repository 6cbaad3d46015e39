// The tool that checks the rules of Prometheus and runs their tests.

import { findProgram } from './system-program.ts';

/** The program's path; installed where this process may do that. */
export function findPromtool(report: (line: string) => void = () => undefined): Promise<string> {
  return findProgram({
    names: ['promtool'],
    aptPackages: ['prometheus'],
    remedy:
      'promtool is not on this machine: install Prometheus (Debian: `sudo apt-get install prometheus`), so that the alert rules can be tested.',
    report,
  });
}
