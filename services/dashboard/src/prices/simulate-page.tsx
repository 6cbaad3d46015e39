// What one request would cost, line by line and with the reason: by the way that the counter goes.

import '../money.css';
import { Alert, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { exactMoney, priceMoney } from '../format/number.ts';
import { className } from '../parts/class-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Count, Money } from '../parts/exact.tsx';
import { customersQuery } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { PER_NAMES } from './price-cell.tsx';
import { PriceTabs } from './price-tabs.tsx';

const CLASSES = ['input', 'cache_read', 'output', 'reasoning'] as const;
type Counts = Readonly<Record<(typeof CLASSES)[number], string>>;
const NO_COUNTS: Counts = { input: '1000', cache_read: '', output: '500', reasoning: '' };

interface Question {
  readonly provider: string;
  readonly model: string;
  readonly customer: string | null;
  readonly counts: Counts;
}

async function askSimulation({ provider, model, customer, counts }: Question) {
  const tokens = Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) => (count.trim() === '' ? [] : [[name, Number(count)]])),
  );
  const body = { provider, model, tokens, ...(customer === null ? {} : { customer }) };
  return await bodyOf(api.POST('/v1/prices/simulate', { body }));
}

type Simulated = Awaited<ReturnType<typeof askSimulation>>;

export function SimulatePage() {
  const customers = useQuery(customersQuery);
  const [provider, setProvider] = useState('openai');
  const [model, setModel] = useState('');
  const [customer, setCustomer] = useState<string | null>(null);
  const [counts, setCounts] = useState(NO_COUNTS);
  const simulate = useMutation({ mutationFn: askSimulation });
  const areCounts = Object.values(counts).every((count) => /^\d{0,15}$/.test(count.trim()));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    simulate.mutate({ provider: provider.trim(), model: model.trim(), customer, counts });
  };
  return (
    <Page
      title="What would it cost"
      lead="One request, by the prices that are in force now. What a month would cost under another price is shown where a price is written"
    >
      <PriceTabs />
      <form onSubmit={submit}>
        <Panel>
          <div className="fields">
            <TextInput
              label="Provider"
              required
              value={provider}
              onChange={(event) => setProvider(event.currentTarget.value)}
            />
            <TextInput
              label="Model"
              required
              placeholder="gpt-4o"
              value={model}
              onChange={(event) => setModel(event.currentTarget.value)}
            />
            <Select
              label="Customer"
              placeholder="By the list"
              searchable
              clearable
              limit={50}
              data={(customers.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              value={customer}
              onChange={setCustomer}
            />
            {CLASSES.map((name) => (
              <TextInput
                key={name}
                label={`${className(name)} tokens`}
                inputMode="numeric"
                placeholder="0"
                error={/^\d{0,15}$/.test(counts[name].trim()) ? undefined : 'A whole number'}
                value={counts[name]}
                onChange={(event) => setCounts({ ...counts, [name]: event.currentTarget.value })}
              />
            ))}
          </div>
          <Group justify="flex-end" mt="md">
            <Button
              type="submit"
              loading={simulate.isPending}
              disabled={!areCounts || model.trim() === '' || provider.trim() === ''}
            >
              What does it cost?
            </Button>
          </Group>
        </Panel>
      </form>
      {simulate.isError && <ProblemAlert error={simulate.error} />}
      {simulate.data !== undefined && <Answer answer={simulate.data} />}
    </Page>
  );
}

function Answer({ answer }: { readonly answer: Simulated }) {
  const { cost, currency, lines, missing } = answer;
  const columns: readonly Column<Simulated['lines'][number]>[] = [
    { name: 'Class', cell: (line) => className(line.class) },
    { name: 'Quantity', isNumber: true, cell: ({ quantity }) => <Count count={quantity} /> },
    {
      name: 'Price',
      isNumber: true,
      cell: ({ amount, per }) => (
        <>
          {priceMoney(amount, currency)}{' '}
          <Text span size="xs" className="dim">
            {PER_NAMES[per]}
          </Text>
        </>
      ),
    },
    { name: 'Cost', isNumber: true, cell: (line) => <Money amount={line.cost} currency={currency} /> },
    {
      name: 'Why',
      cell: ({ why }) => (
        <Text size="xs" className="name" maw={420}>
          {why}
        </Text>
      ),
    },
  ];
  return (
    <Stack gap="lg">
      {cost === null ? (
        <Alert color="orange" variant="light" className="notice" title="It has no price" role="status">
          {missing.length === 0 ? 'No price names it.' : `Without a price: ${missing.map(className).join(', ')}.`}
        </Alert>
      ) : (
        <Panel title="It costs">
          <Text className="tile-value" role="status">
            {exactMoney(cost, currency)}
          </Text>
        </Panel>
      )}
      {lines.length > 0 && (
        <DataTable
          label="Line by line"
          columns={columns}
          rows={lines}
          keyOf={(line) => line.class}
          error={null}
          onRetry={() => undefined}
          empty={null}
        />
      )}
    </Stack>
  );
}
