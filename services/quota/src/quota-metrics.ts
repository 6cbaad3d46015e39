// What the quota service says about itself on `/metrics`.

import { Counter, type Registry } from '@tollgate/runtime';
import type { LookParts } from './look-after.ts';
import type { ReconcileMetrics } from './reconcile-owner.ts';

export function createQuotaMetrics(
  registry: Registry,
): ReconcileMetrics & LookParts['metrics'] & { readonly told: { inc(labels: { readonly type: string }): void } } {
  const registers = [registry];
  return {
    rebuilt: new Counter({
      name: 'tollgate_quota_rebuilt_limits_total',
      help: 'Counters rebuilt from the warehouse, since they were new, changed or lost.',
      registers,
    }),
    told: new Counter({
      name: 'tollgate_quota_told_total',
      help: 'What limits told, by the type of the webhook.',
      labelNames: ['type'],
      registers,
    }),
    reconciled: new Counter({
      name: 'tollgate_quota_reconciled_limits_total',
      help: 'Counters held against the warehouse.',
      registers,
    }),
    drifted: new Counter({
      name: 'tollgate_quota_drifted_limits_total',
      help: 'Counters that differed from the warehouse twice, and were rebuilt for it.',
      labelNames: ['metric'],
      registers,
    }),
    drift: new Counter({
      name: 'tollgate_quota_drift_total',
      help: 'How much they differed: requests, tokens or picounits.',
      labelNames: ['metric'],
      registers,
    }),
  };
}
