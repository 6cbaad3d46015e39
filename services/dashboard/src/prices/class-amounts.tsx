// An amount for each class.

import { Button, Group, Select, TextInput } from '@mantine/core';
import { className } from '../parts/class-name.ts';
import { type ClassAmount, isAmount, isByPiece, PRICED_CLASSES } from './price-draft.ts';

interface ClassAmountsProps {
  readonly amounts: readonly ClassAmount[];
  readonly currency: string;
  readonly onChange: (amounts: readonly ClassAmount[]) => void;
}

export function ClassAmounts({ amounts, currency, onChange }: ClassAmountsProps) {
  const others = PRICED_CLASSES.filter((name) => amounts.every((one) => one.name !== name));
  return (
    <>
      <div className="fields">
        {amounts.map(({ name, amount }, index) => (
          <TextInput
            key={name}
            label={className(name)}
            description={`${currency} ${isByPiece(name) ? 'each' : 'per million tokens'}`}
            inputMode="decimal"
            placeholder="No price from this"
            error={
              amount.trim() === '' || isAmount(amount) ? undefined : 'A decimal such as 2.50, with six places at most'
            }
            value={amount}
            onChange={(event) => onChange(amounts.with(index, { name, amount: event.currentTarget.value }))}
          />
        ))}
      </div>
      <Group gap="sm" mt="md" align="flex-end">
        <Select
          label="Another class"
          size="xs"
          w={200}
          searchable
          placeholder="Add one"
          data={others.map((value) => ({ value, label: className(value) }))}
          value={null}
          onChange={(name) => name !== null && onChange([...amounts, { name, amount: '' }])}
        />
        {amounts.length > 1 && (
          <Button
            size="xs"
            variant="subtle"
            onClick={() => onChange(amounts.filter(({ amount }) => amount.trim() !== ''))}
          >
            Leave out the empty ones
          </Button>
        )}
      </Group>
    </>
  );
}
