// The coupons that customers can be given. A coupon never changes.

import { Button, Group, Select, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { holds, useSession } from '../session/session.ts';
import { couponsQuery } from './billing-queries.ts';
import { couponText } from './coupon-text.ts';

type Coupon = NonNullable<ReturnType<typeof useCoupons>['data']>[number];

function useCoupons() {
  return useQuery(couponsQuery);
}

export function CouponsPanel() {
  const session = useSession();
  const queries = useQueryClient();
  const asked = useCoupons();
  const [archived, setArchived] = useState<Coupon | null>(null);
  const isWriter = holds(session, 'billing:write');
  const archive = useMutation({
    mutationFn: (id: string) => api.DELETE('/v1/coupons/{id}', { params: { path: { id } } }),
    async onSuccess() {
      setArchived(null);
      await queries.invalidateQueries({ queryKey: ['billing', 'coupons'] });
    },
  });
  const columns: readonly Column<Coupon>[] = [
    { name: 'Coupon', cell: ({ description }) => <div className="name clamped strong">{description}</div> },
    { name: 'Takes off', isNumber: true, cell: couponText },
    { name: 'State', cell: ({ archived_at: at }) => (at === null ? 'Open' : 'Archived') },
    {
      name: '',
      isNumber: true,
      cell: (coupon) =>
        isWriter &&
        coupon.archived_at === null && (
          <Button
            size="xs"
            variant="default"
            aria-label={`Archive ${coupon.description}`}
            onClick={() => setArchived(coupon)}
          >
            Archive
          </Button>
        ),
    },
  ];
  return (
    <>
      <Title order={2}>Coupons</Title>
      <DataTable
        label="Coupons"
        columns={columns}
        rows={asked.data}
        keyOf={({ id }) => id}
        error={asked.error}
        onRetry={() => void asked.refetch()}
        empty={<EmptyState title="No coupons">Make one, and give it to customers.</EmptyState>}
      />
      {isWriter && <NewCoupon />}
      {archived !== null && (
        <ConfirmByName
          title="Archive"
          what="It is given to nobody any more; who has it keeps it."
          name={archived.description}
          error={archive.error}
          isPending={archive.isPending}
          onConfirm={() => archive.mutate(archived.id)}
          onClose={() => setArchived(null)}
        />
      )}
    </>
  );
}

function NewCoupon() {
  const queries = useQueryClient();
  const [description, setDescription] = useState('');
  const [kind, setKind] = useState<'percent' | 'amount'>('percent');
  const [value, setValue] = useState('');
  const make = useMutation({
    mutationFn: () => {
      const taken = kind === 'percent' ? { percent: value.trim() } : { amount: value.trim() };
      return bodyOf(api.POST('/v1/coupons', { body: { description: description.trim(), ...taken } }));
    },
    async onSuccess() {
      setDescription('');
      setValue('');
      await queries.invalidateQueries({ queryKey: ['billing', 'coupons'] });
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
          label="What invoices call it"
          required
          maxLength={500}
          w={240}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label="Takes off"
          w={150}
          allowDeselect={false}
          data={[
            { value: 'percent', label: 'Percent' },
            { value: 'amount', label: 'An amount' },
          ]}
          value={kind}
          onChange={(chosen) => setKind(chosen === 'amount' ? 'amount' : 'percent')}
        />
        <TextInput
          size="xs"
          label="How much"
          required
          inputMode="decimal"
          w={100}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="default" loading={make.isPending}>
          Add the coupon
        </Button>
      </Group>
      {make.isError && <ProblemAlert error={make.error} />}
    </form>
  );
}
