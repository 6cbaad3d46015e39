// Adds an endpoint, or changes one that is there.

import { Button, Group, Modal, MultiSelect, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { customersQuery } from '../parts/names.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { holds, isOperator, useSession } from '../session/session.ts';
import { draftOf, type EndpointDraft, newEndpointOf, patchOf } from './endpoint-draft.ts';
import { type Endpoint, TYPES } from './webhook-queries.ts';

interface EndpointFormProps {
  /** Absent: a new one. */
  readonly endpoint?: Endpoint;
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
  readonly onSaved: () => void;
}

export function EndpointForm({ endpoint, onClose, onMade, onSaved }: EndpointFormProps) {
  const [draft, setDraft] = useState(() => draftOf(endpoint));
  const change = (changes: Partial<EndpointDraft>): void => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    async mutationFn() {
      if (endpoint === undefined) {
        return (await bodyOf(api.POST('/v1/webhook-endpoints', { body: newEndpointOf(draft) }))).secret;
      }
      await api.PATCH('/v1/webhook-endpoints/{id}', { params: { path: { id: endpoint.id } }, body: patchOf(draft) });
      return undefined;
    },
    onSuccess: (secret) => (secret === undefined ? onSaved() : onMade(secret)),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const title = endpoint === undefined ? 'New endpoint' : 'Edit the endpoint';
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="URL"
            description="https, and a public host. Redirects are not followed."
            placeholder="https://example.com/webhooks"
            required
            data-autofocus
            autoComplete="off"
            value={draft.url}
            onChange={(event) => change({ url: event.currentTarget.value })}
          />
          {endpoint === undefined && <Owner draft={draft} change={change} />}
          <MultiSelect
            label="Told of"
            description="Everything when empty, also types that come later."
            placeholder={draft.types.length === 0 ? 'Everything' : ''}
            searchable
            clearable
            data={[...TYPES]}
            value={[...draft.types]}
            onChange={(chosen) => change({ types: TYPES.filter((type) => chosen.includes(type)) })}
          />
          <TextInput
            label="Description"
            maxLength={500}
            autoComplete="off"
            value={draft.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
          <Textarea
            label="Headers sent with every message"
            description={headersHint(endpoint)}
            placeholder="Authorization: Bearer …"
            autosize
            minRows={2}
            maxRows={6}
            spellCheck={false}
            value={draft.headers}
            onChange={(event) => change({ headers: event.currentTarget.value })}
          />
          {save.isError && <ProblemAlert error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {endpoint === undefined ? 'Create' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function headersHint(endpoint: Endpoint | undefined): string {
  const names = endpoint?.header_names ?? [];
  if (names.length === 0) return 'One on each line. Kept encrypted, never shown again.';
  return `Kept: ${names.join(', ')}. One on each line changes it; without a value it is taken away.`;
}

interface OwnerProps {
  readonly draft: EndpointDraft;
  readonly change: (changes: Partial<EndpointDraft>) => void;
}

function Owner({ draft, change }: OwnerProps) {
  const session = useSession();
  const picksCustomer = isOperator(session) && holds(session, 'admin');
  const customers = useQuery({ ...customersQuery, enabled: picksCustomer });
  if (!picksCustomer) return null;
  return (
    <Select
      label="Of"
      description="The operator's endpoint is told of every customer, a customer's of that one."
      placeholder="The operator"
      searchable
      clearable
      limit={50}
      data={(customers.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={draft.customer}
      onChange={(customer) => change({ customer })}
    />
  );
}
