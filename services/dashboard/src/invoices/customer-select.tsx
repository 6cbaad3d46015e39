// Which customer: for the operator, who sees all.

import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { customersQuery } from '../parts/names.ts';

interface CustomerSelectProps {
  readonly value: string | undefined;
  readonly onChange: (customer: string | undefined) => void;
  readonly placeholder: string;
  readonly label?: string;
}

export function CustomerSelect({ value, onChange, placeholder, label = 'Customer' }: CustomerSelectProps) {
  const customers = useQuery(customersQuery);
  return (
    <Select
      label={label}
      size="xs"
      w={220}
      searchable
      clearable
      limit={50}
      placeholder={placeholder}
      nothingFoundMessage="No such customer"
      data={(customers.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value ?? null}
      onChange={(customer) => onChange(customer ?? undefined)}
    />
  );
}
