// The credit of a customer: what is left, of which grants, and a further one.

import { Button, Group, Modal, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { billedMoney, exactMoney } from '../format/number.ts';
import { dateStart, toInstant } from '../format/time.ts';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Billed } from '../parts/exact.tsx';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { useZone } from '../shell/zone.tsx';
import { creditQuery, grantsQuery } from './billing-queries.ts';

interface CreditPanelProps {
  readonly customer: string;
  readonly isWriter: boolean;
}

type Grant = NonNullable<ReturnType<typeof useGrants>['data']>[number];

function useGrants(customer: string) {
  return useQuery(grantsQuery(customer));
}

export function CreditPanel({ customer, isWriter }: CreditPanelProps) {
  const [act, setAct] = useState<'grant' | Grant | null>(null);
  const credit = useQuery(creditQuery(customer));
  const grants = useGrants(customer);
  return (
    <>
      <Panel
        title="Credit"
        aside={
          isWriter && (
            <Button size="xs" variant="default" onClick={() => setAct('grant')}>
              Grant credit
            </Button>
          )
        }
      >
        {credit.error !== null && <ProblemAlert error={credit.error} onRetry={() => void credit.refetch()} />}
        {credit.data === undefined && credit.error === null && <Skeleton h={56} />}
        {credit.data !== undefined && (
          <>
            <div className="tile-value" title={exactMoney(credit.data.balance, credit.data.currency)}>
              {billedMoney(credit.data.balance, credit.data.currency)}
            </div>
            <Text size="xs" className="dim">
              Left by the ledger. Use that is on no invoice yet has not come off it.
            </Text>
          </>
        )}
      </Panel>
      {(grants.error !== null || (grants.data ?? []).length > 0) && (
        <Grants asked={grants} {...(isWriter ? { onRevoke: setAct } : {})} />
      )}
      {act === 'grant' && <GrantCredit customer={customer} onClose={() => setAct(null)} />}
      {act !== null && act !== 'grant' && <RevokeGrant grant={act} onClose={() => setAct(null)} />}
    </>
  );
}

interface GrantsProps {
  readonly asked: ReturnType<typeof useGrants>;
  readonly onRevoke?: (grant: Grant) => void;
}

function Grants({ asked, onRevoke }: GrantsProps) {
  const zone = useZone();
  const columns: readonly Column<Grant>[] = [
    {
      name: 'Grant',
      cell: ({ description, id, kind }) => (
        <>
          <div className="name clamped strong">{description || id}</div>
          <Text size="xs" className="dim">
            {kind}
          </Text>
        </>
      ),
    },
    { name: 'Granted', isNumber: true, cell: ({ amount, currency }) => <Billed amount={amount} currency={currency} /> },
    { name: 'Left', isNumber: true, cell: ({ left, currency }) => <Billed amount={left} currency={currency} /> },
    { name: 'Priority', isNumber: true, cell: ({ priority }) => priority },
    { name: `From (${zone})`, cell: ({ effective_from: at }) => <Time at={at} /> },
    { name: `Expires (${zone})`, cell: ({ expires_at: at }) => <Time at={at} /> },
    ...(onRevoke === undefined
      ? []
      : [
          {
            name: '',
            isNumber: true,
            cell: (grant: Grant) =>
              /[1-9]/.test(grant.left) && (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Revoke ${grant.description || grant.id}`}
                  onClick={() => onRevoke(grant)}
                >
                  Revoke
                </Button>
              ),
          },
        ]),
  ];
  return (
    <DataTable
      label="Credit grants"
      columns={columns}
      rows={asked.data}
      keyOf={({ id }) => id}
      error={asked.error}
      onRetry={() => void asked.refetch()}
      empty={null}
    />
  );
}

function RevokeGrant({ grant, onClose }: { readonly grant: Grant; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () =>
      bodyOf(api.POST('/v1/credit-grants/{id}/revoke', { params: { path: { id: grant.id } }, body: {} })),
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['billing'] });
    },
  });
  return (
    <ConfirmByName
      title="Revoke"
      what={`${exactMoney(grant.left, grant.currency)} is left of it and goes. What invoices took of it stays.`}
      name={grant.left}
      error={revoke.error}
      isPending={revoke.isPending}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    />
  );
}

function GrantCredit({ customer, onClose }: { readonly customer: string; readonly onClose: () => void }) {
  const zone = useZone();
  const queries = useQueryClient();
  const [amount, setAmount] = useState('');
  const [kind, setKind] = useState<'paid' | 'promotional'>('promotional');
  const [description, setDescription] = useState('');
  const [expires, setExpires] = useState('');
  const grant = useMutation({
    mutationFn: () => {
      const expiresMs = expires === '' ? null : dateStart(zone, expires);
      const body = {
        ...{ customer, amount: amount.trim(), kind, description: description.trim() },
        ...(expiresMs === null ? {} : { expires_at: toInstant(expiresMs) }),
      };
      return bodyOf(api.POST('/v1/credit-grants', { body }));
    },
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['billing'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    grant.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Grant credit" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Amount"
            description="In the customer's currency"
            required
            inputMode="decimal"
            data-autofocus
            value={amount}
            onChange={(event) => setAmount(event.currentTarget.value)}
          />
          <Select
            label="Kind"
            allowDeselect={false}
            data={[
              { value: 'promotional', label: 'Promotional' },
              { value: 'paid', label: 'Paid ahead' },
            ]}
            value={kind}
            onChange={(value) => setKind(value === 'paid' ? 'paid' : 'promotional')}
          />
          <TextInput
            label="Description"
            maxLength={500}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={`Expires at the beginning of (${zone})`}
            description="Empty: never"
            value={expires}
            onChange={(event) => setExpires(event.currentTarget.value)}
          />
          {grant.isError && <ProblemAlert error={grant.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={grant.isPending} disabled={amount.trim() === ''}>
              Grant
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
