// The filters of a list, above it, and the way out of all of them.

import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';

interface FilterBarProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

export function FilterBar({ isFiltered, onClear, children }: FilterBarProps) {
  return (
    <Group gap="sm" align="flex-end">
      {children}
      {isFiltered && (
        <Button size="xs" variant="subtle" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </Group>
  );
}
