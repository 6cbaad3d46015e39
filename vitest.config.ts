import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// Two projects: `unit` needs nothing and lies beside the code; `system` lies in test/ and runs on real servers, which
// the tests start themselves. Sources are resolved by the `tollgate-source` condition, so unit tests need no build.
const conditions = ['tollgate-source', 'node', 'default'];

export default defineConfig({
  test: {
    // Most of the system's tests wait more than they reckon; more at once would be slower on two cores.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // For those who run all checks: the counts, beside what people read.
    reporters: ['default', ['json', { outputFile: 'test-output/vitest.json' }]],
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'unit',
          // Nothing outlives these tests, and a process for each file would take longer than what is in it.
          isolate: false,
          // A busy machine is no failure.
          testTimeout: 60_000,
          include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'infra/*/src/**/*.test.ts'],
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
