// A state in words, with a colour beside it that says nothing which the words do not.

import { Badge } from '@mantine/core';

interface StateBadgeProps {
  readonly state: string;
  /** A colour of the kit. */
  readonly color: string | undefined;
}

export function StateBadge({ state, color = 'gray' }: StateBadgeProps) {
  return (
    <Badge
      variant="default"
      tt="none"
      fw={500}
      leftSection={<span className="state-dot" style={{ background: `var(--mantine-color-${color}-6)` }} aria-hidden />}
    >
      {state.replaceAll('_', ' ')}
    </Badge>
  );
}
