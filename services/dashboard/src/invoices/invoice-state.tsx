// Where an invoice is on its way.

import { StateBadge } from '../parts/state-badge.tsx';

const COLORS: Readonly<Record<string, string>> = {
  gathering: 'violet',
  draft: 'gray',
  finalized: 'blue',
  paid: 'teal',
  uncollectible: 'orange',
  void: 'dark',
};

export function InvoiceStateBadge({ state }: { readonly state: string }) {
  return <StateBadge state={state} color={COLORS[state]} />;
}
