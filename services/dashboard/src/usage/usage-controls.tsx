// What can be chosen in the explorer.

import { Button, Group, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Bucket } from '../format/time.ts';
import { customersQuery, keysQuery } from '../parts/names.ts';
import { holds, isOperator, useSession } from '../session/session.ts';
import { RANGE_NAMES, RANGES } from './periods.ts';
import { FILTER_FIELDS, GROUPS } from './usage-query.ts';
import type { UsageView } from './usage-view.ts';

interface UsageControlsProps {
  readonly view: UsageView;
  readonly bucket: Bucket;
  readonly onChange: (changes: Partial<Record<keyof UsageView, string | true | undefined>>) => void;
}

export function UsageControls({ view, bucket, onChange }: UsageControlsProps) {
  const session = useSession();
  const range = view.range ?? '7d';
  const groups = GROUPS.filter((name) => name !== 'customer' || isOperator(session));
  return (
    <Group gap="md" align="flex-end">
      <Select
        label="Time"
        size="xs"
        w={150}
        allowDeselect={false}
        data={RANGES.map((value) => ({ value, label: RANGE_NAMES[value] }))}
        value={range}
        onChange={(value) => onChange({ range: value ?? undefined, bucket: undefined })}
      />
      {range === 'custom' && (
        <>
          <DateInput label="From" value={view.from} onChange={(from) => onChange({ from })} />
          <DateInput label="To (included)" value={view.to} onChange={(to) => onChange({ to })} />
        </>
      )}
      <Select
        label="By"
        size="xs"
        w={100}
        allowDeselect={false}
        data={['hour', 'day', 'month']}
        value={bucket}
        onChange={(value) => onChange({ bucket: value ?? undefined })}
      />
      <Select
        label="Group by"
        size="xs"
        w={140}
        allowDeselect={false}
        data={groups.map((value) => ({ value, label: value.replaceAll('_', ' ') }))}
        value={view.group ?? 'model'}
        onChange={(value) => onChange({ group: value ?? undefined })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Measure"
        value={view.measure ?? 'cost'}
        onChange={(measure) => onChange({ measure })}
        data={[
          { value: 'cost', label: 'Cost' },
          { value: 'tokens', label: 'Tokens' },
          { value: 'requests', label: 'Requests' },
        ]}
      />
      <FilterInputs view={view} onChange={onChange} />
      <Switch
        size="sm"
        label="Compare with the time before"
        checked={view.compare === true}
        onChange={(event) => onChange({ compare: event.currentTarget.checked ? true : undefined })}
      />
    </Group>
  );
}

function FilterInputs({ view, onChange }: Omit<UsageControlsProps, 'bucket'>) {
  const session = useSession();
  const seesCustomers = isOperator(session) && holds(session, 'admin');
  const customers = useQuery({ ...customersQuery, enabled: seesCustomers });
  const keys = useQuery({ ...keysQuery, enabled: holds(session, 'keys:read') });
  const optionsOf = (rows: readonly { readonly id: string; readonly name: string }[] | undefined) =>
    (rows ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const isFiltered = FILTER_FIELDS.some((field) => view[field] !== undefined);
  return (
    <>
      {seesCustomers && (
        <Select
          label="Customer"
          size="xs"
          w={170}
          searchable
          clearable
          limit={50}
          placeholder="All"
          data={optionsOf(customers.data)}
          value={view.customer ?? null}
          onChange={(value) => onChange({ customer: value ?? undefined })}
        />
      )}
      <Select
        label="API key"
        size="xs"
        w={170}
        searchable
        clearable
        limit={50}
        placeholder="All"
        data={optionsOf(keys.data?.filter(({ customer }) => view.customer === undefined || customer === view.customer))}
        value={view.key ?? null}
        onChange={(value) => onChange({ key: value ?? undefined })}
      />
      <TextInput
        key={view.model ?? ''}
        label="Model"
        size="xs"
        w={150}
        placeholder="All"
        defaultValue={view.model ?? ''}
        onBlur={(event) => onChange({ model: event.currentTarget.value.trim() || undefined })}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      {isFiltered && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => onChange(Object.fromEntries(FILTER_FIELDS.map((field) => [field, undefined])))}
        >
          Clear filters
        </Button>
      )}
    </>
  );
}

interface DateInputProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function DateInput({ label, value, onChange }: DateInputProps) {
  return (
    <TextInput
      type="date"
      label={label}
      size="xs"
      w={140}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
