// The rates of tax that customers can have. A rate never changes: another percentage is another rate.

import { Button, Group, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { holds, useSession } from '../session/session.ts';
import { taxRatesQuery } from './billing-queries.ts';

type Rate = NonNullable<ReturnType<typeof useRates>['data']>[number];

function useRates() {
  return useQuery(taxRatesQuery);
}

export function TaxRatesPanel() {
  const session = useSession();
  const queries = useQueryClient();
  const asked = useRates();
  const [archived, setArchived] = useState<Rate | null>(null);
  const isWriter = holds(session, 'billing:write');
  const archive = useMutation({
    mutationFn: (id: string) => api.DELETE('/v1/tax-rates/{id}', { params: { path: { id } } }),
    async onSuccess() {
      setArchived(null);
      await queries.invalidateQueries({ queryKey: ['billing', 'tax-rates'] });
    },
  });
  const columns: readonly Column<Rate>[] = [
    { name: 'Tax', cell: ({ name }) => <span className="name strong">{name}</span> },
    { name: 'Percent', isNumber: true, cell: ({ percent }) => `${percent} %` },
    { name: 'Country', cell: ({ country }) => country ?? '–' },
    { name: 'State', cell: ({ archived_at: at }) => (at === null ? 'Open' : 'Archived') },
    {
      name: '',
      isNumber: true,
      cell: (rate) =>
        isWriter &&
        rate.archived_at === null && (
          <Button
            size="xs"
            variant="default"
            aria-label={`Archive ${rate.name} ${rate.percent} %`}
            onClick={() => setArchived(rate)}
          >
            Archive
          </Button>
        ),
    },
  ];
  return (
    <>
      <Title order={2}>Tax rates</Title>
      <DataTable
        label="Tax rates"
        columns={columns}
        rows={asked.data}
        keyOf={({ id }) => id}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={<EmptyState title="No tax rates">Make one, and name it in how a customer is billed.</EmptyState>}
      />
      {isWriter && <NewTaxRate />}
      {archived !== null && (
        <ConfirmByName
          title="Archive"
          what="No further customer can have it; those that do keep it."
          name={archived.name}
          error={archive.error}
          isPending={archive.isPending}
          onConfirm={() => archive.mutate(archived.id)}
          onClose={() => setArchived(null)}
        />
      )}
    </>
  );
}

function NewTaxRate() {
  const queries = useQueryClient();
  const [name, setName] = useState('VAT');
  const [percent, setPercent] = useState('');
  const [country, setCountry] = useState('');
  const make = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), percent: percent.trim(), country: country === '' ? null : country };
      return bodyOf(api.POST('/v1/tax-rates', { body }));
    },
    async onSuccess() {
      setPercent('');
      await queries.invalidateQueries({ queryKey: ['billing', 'tax-rates'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <TextInput
          size="xs"
          label="Name of the tax"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label="Percent"
          required
          inputMode="decimal"
          w={100}
          value={percent}
          onChange={(event) => setPercent(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label="Country"
          maxLength={2}
          w={100}
          placeholder="DE"
          value={country}
          onChange={(event) => setCountry(event.currentTarget.value.toUpperCase())}
        />
        <Button size="xs" type="submit" variant="default" loading={make.isPending}>
          Add the rate
        </Button>
      </Group>
      {make.isError && <ProblemAlert error={make.error} />}
    </form>
  );
}
