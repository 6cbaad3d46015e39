// How far reported usage and counted text are apart, as metrics: by family of models, so that there are few labels whatever
// models are named. The same comparison as that of `GET /v1/usage/drift`.

import type { TokenClass, UsageRow } from '@tollgate/domain';
import { Counter, Histogram, type Registry } from '@tollgate/runtime';

/** The first that the model's name contains is its family. */
const FAMILIES = [
  ...['gpt-3.5', 'gpt-4o', 'gpt-4.1', 'gpt-4.5', 'gpt-4', 'gpt-5', 'gpt-6', 'gpt-oss', 'embedding', 'claude'],
  ...['gemini', 'mistral', 'mixtral', 'llama', 'deepseek', 'grok', 'command', 'qwen', 'nova', 'o1', 'o3', 'o4'],
] as const;

const OUTPUT_CLASSES: readonly TokenClass[] = ['output', 'output_audio', 'output_image'];
/** No text shows reasoning. */
const NOT_INPUT: readonly string[] = [...OUTPUT_CLASSES, 'reasoning'];

const BUCKETS = [0, 0.001, 0.01, 0.03, 0.1, 0.3, 1, 3];

type ComparedRow = Pick<
  UsageRow,
  'model' | 'tokens' | 'provenance' | 'reportedUsage' | 'textInputTokens' | 'textOutputTokens'
>;

interface Drift {
  readonly side: 'input' | 'output';
  readonly reported: bigint;
  readonly counted: bigint;
}

export function createDriftMetrics(registry: Registry): (row: ComparedRow) => void {
  const shared = { labelNames: ['family', 'side'], registers: [registry] };
  const reportedTokens = new Counter({
    name: 'tollgate_counter_drift_reported_tokens_total',
    help: 'Tokens that the provider reported, of events whose text was counted too.',
    ...shared,
  });
  const countedTokens = new Counter({
    name: 'tollgate_counter_drift_counted_tokens_total',
    help: 'Tokens that the text of the same events was counted as.',
    ...shared,
  });
  const apart = new Histogram({
    name: 'tollgate_counter_drift_ratio',
    help: 'The difference of counted and reported tokens of an event, as a part of the reported ones.',
    buckets: BUCKETS,
    ...shared,
  });
  return (row) => {
    for (const { side, reported, counted } of driftsOf(row)) {
      const labels = { family: familyOf(row.model), side };
      reportedTokens.inc(labels, Number(reported));
      countedTokens.inc(labels, Number(counted));
      apart.observe(labels, Math.abs(Number(counted - reported)) / Math.max(Number(reported), 1));
    }
  };
}

/** A side that the usage left out was taken from the text: there is nothing to compare. */
function driftsOf(row: ComparedRow): readonly Drift[] {
  if (row.reportedUsage === '') return [];
  const sides = [
    { side: 'input', counted: row.textInputTokens },
    { side: 'output', counted: row.textOutputTokens },
  ] as const;
  return sides.flatMap(({ side, counted }): readonly Drift[] => {
    if (counted === null || (row.provenance[side] ?? 'reported') !== 'reported') return [];
    return [{ side, reported: reportedOf(row, side), counted }];
  });
}

function reportedOf({ tokens }: ComparedRow, side: Drift['side']): bigint {
  let sum = 0n;
  for (const [name, count] of Object.entries(tokens)) {
    if (side === 'input' ? !NOT_INPUT.includes(name) : OUTPUT_CLASSES.some((output) => output === name)) sum += count;
  }
  return sum;
}

function familyOf(model: string): string {
  const name = model.toLowerCase();
  return FAMILIES.find((family) => name.includes(family)) ?? 'other';
}
