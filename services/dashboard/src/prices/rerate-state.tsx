// How far a re-rate is.

import { StateBadge } from '../parts/state-badge.tsx';

const STATES: Readonly<Record<string, readonly [name: string, color: string]>> = {
  rating: ['rating', 'blue'],
  rated: ['dry run, not applied', 'yellow'],
  applying: ['applying', 'blue'],
  applied: ['applied', 'teal'],
  cancelled: ['cancelled', 'gray'],
  failed: ['failed', 'red'],
};

export function RerateStateBadge({ state }: { readonly state: string }) {
  const [name, color] = STATES[state] ?? [state, 'gray'];
  return <StateBadge state={name} color={color} />;
}
