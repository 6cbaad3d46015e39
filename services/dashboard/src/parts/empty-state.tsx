// What stands where there is nothing yet: what to do next, with a line for a shell.

import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly curl?: string;
}

export function EmptyState({ title, children, curl }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text size="sm" className="dim" maw={520}>
          {children}
        </Text>
      )}
      {curl !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
        <pre className="curl" tabIndex={0}>
          {curl}
        </pre>
      )}
    </Stack>
  );
}
