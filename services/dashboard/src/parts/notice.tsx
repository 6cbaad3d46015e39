// Something to be looked at, that is no failure.

import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface NoticeProps {
  readonly title: string;
  readonly children: ReactNode;
}

export function Notice({ title, children }: NoticeProps) {
  return (
    <div className="notice" role="status">
      <Text fw={600} size="sm">
        {title}
      </Text>
      {children}
    </div>
  );
}
