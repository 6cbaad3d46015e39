import { createMetrics } from '@tollgate/runtime';
import { expect, it } from 'vitest';
import { createDriftMetrics } from './drift-metrics.ts';

const row = {
  model: 'openai/gpt-4o-2024-08-06',
  tokens: { input: 40n, cache_read: 60n, output: 15n, reasoning: 5n },
  provenance: { input: 'reported', cache_read: 'reported', output: 'reported', reasoning: 'reported' },
  reportedUsage: '{}',
  textInputTokens: 110n,
  textOutputTokens: 15n,
} as const;

it('compares all input, and output without reasoning, by family of models', async () => {
  const registry = createMetrics('test');
  const observe = createDriftMetrics(registry);
  observe(row);
  observe({ ...row, model: 'whatever anybody writes', textOutputTokens: null });
  observe({ ...row, reportedUsage: '' });
  observe({ ...row, provenance: { input: 'counted', output: 'reported' }, textOutputTokens: null });
  const text = await registry.metrics();
  const lines = text
    .split('\n')
    .filter((line) => /^tollgate_counter_drift_(reported|counted)_tokens_total\{/.test(line));
  expect(lines.map((line) => line.replace(',service="test"', '').replace('tollgate_counter_drift_', ''))).toEqual([
    'reported_tokens_total{family="gpt-4o",side="input"} 100',
    'reported_tokens_total{family="gpt-4o",side="output"} 15',
    'reported_tokens_total{family="other",side="input"} 100',
    'counted_tokens_total{family="gpt-4o",side="input"} 110',
    'counted_tokens_total{family="gpt-4o",side="output"} 15',
    'counted_tokens_total{family="other",side="input"} 110',
  ]);
  expect(text).toMatch(/drift_ratio_bucket\{le="0.03",[^\n]*side="input"[^\n]*\} 0/);
});
