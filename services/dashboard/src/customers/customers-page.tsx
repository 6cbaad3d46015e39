// The parties that are billed, and the making of one.

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { useZone } from '../shell/zone.tsx';

const PAGE_ROWS = 100;

async function readCustomers(cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/customers', { params: { query } }));
}

type Customer = Awaited<ReturnType<typeof readCustomers>>['data'][number];

export function CustomersPage() {
  const zone = useZone();
  const [isMaking, setMaking] = useState(false);
  const pages = usePages({ queryKey: ['customers', 'pages'], read: readCustomers });
  const columns: readonly Column<Customer>[] = [
    {
      name: 'Name',
      cell: ({ id, name }) => (
        <>
          <Link to="/usage" search={{ customer: id, range: '30d' }} className="link name">
            {name}
          </Link>
          <Text size="xs" className="dim">
            {id}
          </Text>
        </>
      ),
    },
    { name: 'Your id', cell: ({ external_id: externalId }) => <span className="name">{externalId ?? '–'}</span> },
    { name: 'Currency', cell: ({ currency }) => currency },
    { name: 'Zone', cell: ({ zone: own }) => own },
    { name: 'State', cell: ({ suspended_at: at }) => (at === null ? 'Active' : 'Suspended') },
    { name: `Made (${zone})`, cell: ({ created_at: at }) => <Time at={at} /> },
  ];
  return (
    <Page
      title="Customers"
      lead={`Times in ${zone}`}
      actions={<Button onClick={() => setMaking(true)}>New customer</Button>}
    >
      <DataTable
        label="Customers"
        columns={columns}
        keyOf={({ id }) => id}
        empty={<EmptyState title="No customers">Make one, then an API key for it.</EmptyState>}
        {...pages}
      />
      {isMaking && <NewCustomer onClose={() => setMaking(false)} />}
    </Page>
  );
}

function NewCustomer({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [externalId, setExternalId] = useState('');
  const make = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), ...(externalId.trim() === '' ? {} : { external_id: externalId.trim() }) };
      return bodyOf(api.POST('/v1/customers', { body }));
    },
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['customers'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="New customer" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            required
            maxLength={200}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Your id for it"
            maxLength={200}
            value={externalId}
            onChange={(event) => setExternalId(event.currentTarget.value)}
          />
          {make.isError && <ProblemAlert error={make.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
