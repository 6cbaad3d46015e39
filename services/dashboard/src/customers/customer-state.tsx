// Whether a customer's keys are taken, and why not.

import { Badge, Text } from '@mantine/core';
import type { Customer } from './customer-query.ts';

export function CustomerState({ of: { suspended_at: at, suspension_reason: reason } }: { readonly of: Customer }) {
  if (at === null) {
    return (
      <Badge variant="default" tt="none" fw={500}>
        Active
      </Badge>
    );
  }
  return (
    <>
      <Badge variant="light" color="yellow" tt="none" fw={500}>
        Suspended
      </Badge>
      {reason !== null && (
        <Text size="xs" className="dim name clamp" maw={240} title={reason}>
          {reason}
        </Text>
      )}
    </>
  );
}
