// Makes an API key.

import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { customersQuery } from '../parts/names.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { holds, isOperator, type Scope, useSession } from '../session/session.ts';

const SCOPES: readonly (readonly [Scope, string])[] = [
  ['usage:write', 'Send usage'],
  ['usage:read', 'See usage'],
  ['limits:check', 'Ask whether a request is within limits'],
  ['keys:read', 'See API keys'],
  ['keys:write', 'Make and change API keys'],
  ['limits:read', 'See limits'],
  ['limits:write', 'Set limits'],
  ['billing:read', 'See invoices'],
  ['webhooks:write', 'See and change webhook endpoints'],
];
const SCOPES_DEFAULT: readonly string[] = ['usage:write', 'usage:read', 'limits:check'];

interface NewKeyProps {
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}

export function NewKey({ onClose, onMade }: NewKeyProps) {
  const session = useSession();
  const queries = useQueryClient();
  const picksCustomer = isOperator(session) && holds(session, 'admin');
  const customers = useQuery({ ...customersQuery, enabled: picksCustomer });
  const [name, setName] = useState('');
  const [customer, setCustomer] = useState<string | null>(null);
  const grantable = SCOPES.filter(([scope]) => holds(session, scope));
  const [scopes, setScopes] = useState<readonly string[]>(
    grantable.map(([scope]) => scope).filter((scope) => SCOPES_DEFAULT.includes(scope)),
  );
  const make = useMutation({
    mutationFn: () => {
      const granted = grantable.map(([scope]) => scope).filter((scope) => scopes.includes(scope));
      const body = { name: name.trim(), scopes: granted, ...(customer === null ? {} : { customer }) };
      return bodyOf(api.POST('/v1/keys', { body }));
    },
    async onSuccess({ secret }) {
      onMade(secret);
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="New API key" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
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
          {picksCustomer && (
            <Select
              label="Customer"
              required
              searchable
              limit={50}
              data={(customers.data ?? []).map(({ id, name: label }) => ({ value: id, label }))}
              value={customer}
              onChange={setCustomer}
            />
          )}
          <Checkbox.Group label="What it may do" value={[...scopes]} onChange={setScopes}>
            <Stack gap="xs" mt="xs">
              {grantable.map(([scope, meaning]) => (
                <Checkbox key={scope} value={scope} label={`${meaning} (${scope})`} />
              ))}
            </Stack>
          </Checkbox.Group>
          {make.isError && <ProblemAlert error={make.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending} disabled={scopes.length === 0}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
