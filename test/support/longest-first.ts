// The order of the test files: the longest begin first, so that none of them runs alone at the end. By default files are
// ordered by the times of earlier runs, which a clean checkout does not have.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longer than about 20 seconds, the longest first; by the ends of their paths. */
const LONGEST: readonly string[] = [
  'test/faults/kafka.test.ts',
  'test/local/start.test.ts',
  'test/contract/event-log/kafka.test.ts',
  'test/flow/hundred-thousand-kafka.test.ts',
  'test/faults/redis-streams.test.ts',
  'test/faults/clickhouse-hangs.test.ts',
  'test/flow/hundred-thousand-redis-streams.test.ts',
  'test/browser/dashboard.test.ts',
  'test/flow/invoices.test.ts',
  'test/flow/two-of-each.test.ts',
  'test/flow/rerate.test.ts',
  'test/flow/limits.test.ts',
  'test/contract/counter/kafka.test.ts',
  'test/flow/webhooks.test.ts',
  'test/faults/limits-under-fire.test.ts',
  'test/faults/limits.test.ts',
  'test/local/servers.test.ts',
  'test/flow/rotate-secrets.test.ts',
  'test/contract/invoicing/invoicing.test.ts',
  'test/contract/api/start.test.ts',
  'test/flow/signing-keys.test.ts',
  'test/local/prometheus.test.ts',
  'test/fuzz/boundaries.test.ts',
  'test/contract/warehouse/rollups.test.ts',
  'test/tokenizer/corpus.test.ts',
  'test/contract/warehouse/counted-once.test.ts',
  'test/flow/client.test.ts',
  'test/contract/api/prices.test.ts',
  'test/flow/rotation.test.ts',
  'test/contract/event-log/redis-streams.test.ts',
  'test/contract/api/200.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((end) => moduleId.endsWith(`/${end}`));
  return rank === -1 ? LONGEST.length : rank;
}
