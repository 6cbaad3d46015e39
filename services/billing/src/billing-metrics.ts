// What billing says about itself on `/metrics`.

import { Counter, Gauge, type Registry } from '@tollgate/runtime';

export interface BillingMetrics {
  readonly drafted: { inc(invoices: number): void };
  readonly finalized: { inc(): void };
  readonly refused: { inc(labels: { readonly reason: string }): void };
  readonly expired: { inc(grants: number): void };
  /** How long the earliest of what is due has waited, by what is to be done; 0: nothing has. */
  readonly lag: { set(labels: { readonly of: 'periods' | 'drafts' }, seconds: number): void };
}

export function createBillingMetrics(registry: Registry): BillingMetrics {
  const registers = [registry];
  return {
    drafted: new Counter({
      ...{ name: 'tollgate_billing_drafted_invoices_total', registers },
      help: 'Drafts that were made.',
    }),
    finalized: new Counter({
      ...{ name: 'tollgate_billing_finalized_invoices_total', registers },
      help: 'Invoices that were finalized by themselves.',
    }),
    refused: new Counter({
      ...{ name: 'tollgate_billing_refused_invoices_total', registers },
      help: 'Attempts to finalize that were refused, once for each reason.',
      labelNames: ['reason'],
    }),
    expired: new Counter({
      ...{ name: 'tollgate_billing_expired_grants_total', registers },
      help: 'Credit grants of which something was left when they expired.',
    }),
    lag: new Gauge({
      ...{ name: 'tollgate_billing_lag_seconds', registers },
      help: 'Since when the earliest period that ended waits for its draft, and the earliest draft to be finalized.',
      labelNames: ['of'],
    }),
  };
}
