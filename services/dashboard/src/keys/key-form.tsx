// Makes an API key, or changes one.

import { Button, Checkbox, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { customersQuery } from '../parts/names.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { holds, isOperator, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { draftOf, type KeyDraft, newKeyDraft, settingsOf } from './key-draft.ts';
import type { Key } from './key-query.ts';
import { SCOPES_DEFAULT, scopesOf } from './key-scopes.ts';

interface KeyFormProps {
  /** Absent: a new one. */
  readonly keyToChange?: Key;
  /** Whose a new one is; absent: it is chosen here. */
  readonly customer?: string | undefined;
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}

/** What stands for the operator's own keys among the customers. */
const OPERATOR = 'operator';

export function KeyForm({ keyToChange: key, customer, onClose, onMade }: KeyFormProps) {
  const session = useSession();
  const zone = useZone();
  const queries = useQueryClient();
  const picksCustomer = isOperator(session) && holds(session, 'admin') && customer === undefined && key === undefined;
  const [draft, setDraft] = useState(
    key === undefined
      ? newKeyDraft(SCOPES_DEFAULT, customer ?? session.customer ?? (picksCustomer ? '' : null))
      : draftOf(key, zone),
  );
  const change = (changes: Partial<KeyDraft>): void => setDraft((before) => ({ ...before, ...changes }));
  const owner = draft.customer === OPERATOR ? null : draft.customer;
  const grantable = scopesOf(owner).filter(([scope]) => holds(session, scope) || key?.scopes.includes(scope));
  const save = useMutation({
    mutationFn: async (): Promise<string | null> => {
      const scopes = grantable.map(([scope]) => scope).filter((scope) => draft.scopes.includes(scope));
      const settings = settingsOf(draft, scopes, { zone, key });
      if (key !== undefined) {
        await bodyOf(api.PATCH('/v1/keys/{id}', { params: { path: { id: key.id } }, body: settings }));
        return null;
      }
      const own = isOperator(session) && owner !== null ? { customer: owner } : {};
      return (await bodyOf(api.POST('/v1/keys', { body: { ...settings, ...own } }))).secret;
    },
    async onSuccess(secret) {
      onClose();
      if (secret !== null) onMade(secret);
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={key === undefined ? 'New API key' : 'Edit the API key'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            required
            maxLength={200}
            data-autofocus
            autoComplete="off"
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          {picksCustomer && <Owner value={draft.customer} onChange={(picked) => change({ customer: picked })} />}
          <Checkbox.Group label="What it may do" value={[...draft.scopes]} onChange={(scopes) => change({ scopes })}>
            <Stack gap="xs" mt="xs">
              {grantable.map(([scope, meaning]) => (
                <Checkbox key={scope} value={scope} label={`${meaning} (${scope})`} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Bounds draft={draft} change={change} zone={zone} />
          {save.isError && <ProblemAlert error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={draft.scopes.length === 0}>
              {key === undefined ? 'Create' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface OwnerProps {
  readonly value: string | null;
  readonly onChange: (value: string) => void;
}

function Owner({ value, onChange }: OwnerProps) {
  const customers = useQuery(customersQuery);
  return (
    <Select
      label="Customer"
      required
      searchable
      limit={50}
      data={[
        ...(customers.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
        { value: OPERATOR, label: 'None: a key of the operator' },
      ]}
      value={value === '' ? null : value}
      onChange={(picked) => onChange(picked ?? '')}
    />
  );
}

interface BoundsProps {
  readonly draft: KeyDraft;
  readonly change: (changes: Partial<KeyDraft>) => void;
  readonly zone: string;
}

function Bounds({ draft, change, zone }: BoundsProps) {
  return (
    <>
      <Group grow align="flex-start">
        <TextInput
          label="Requests a minute"
          placeholder="Any number"
          inputMode="numeric"
          autoComplete="off"
          value={draft.requestsPerMinute}
          onChange={(event) => change({ requestsPerMinute: event.currentTarget.value })}
        />
        <TextInput
          label="Tokens a minute"
          placeholder="Any number"
          inputMode="numeric"
          autoComplete="off"
          value={draft.tokensPerMinute}
          onChange={(event) => change({ tokensPerMinute: event.currentTarget.value })}
        />
      </Group>
      <Textarea
        label="Only models"
        description="One a line; * stands for any text. Every model when empty."
        placeholder="gpt-4o*"
        autosize
        maxRows={6}
        value={draft.models}
        onChange={(event) => change({ models: event.currentTarget.value })}
      />
      <Textarea
        label="Only from addresses"
        description="One a line, v4 and v6, single or as a range. From everywhere when empty."
        placeholder="203.0.113.0/24"
        autosize
        maxRows={6}
        value={draft.addresses}
        onChange={(event) => change({ addresses: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={`Expires at the beginning of (${zone})`}
        description="Never when empty."
        value={draft.expires}
        onChange={(event) => change({ expires: event.currentTarget.value })}
      />
    </>
  );
}
