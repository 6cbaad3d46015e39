// Makes a customer, or changes one. The currency is chosen once: what was billed in it cannot be said in another.

import { Button, Group, Modal, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { organizationQuery } from '../shell/zone.tsx';
import type { Customer } from './customer-query.ts';

interface CustomerFormProps {
  /** Absent: a new one. */
  readonly customer?: Customer;
  readonly onClose: () => void;
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];

interface Draft {
  readonly name: string;
  readonly externalId: string;
  /** Empty: the organization's. */
  readonly currency: string;
  readonly zone: string | null;
  readonly billingDay: number;
  /** Empty: as many as the api takes. */
  readonly keysMax: string;
}

const NEW: Draft = { name: '', externalId: '', currency: '', zone: null, billingDay: 1, keysMax: '' };

function draftOf(customer: Customer): Draft {
  const { name, external_id: externalId, currency, zone, billing_day: billingDay, key_policy: policy } = customer;
  return { ...{ name, currency, zone, billingDay }, externalId: externalId ?? '', keysMax: String(policy.max_keys) };
}

function settingsOf({ name, externalId, zone, billingDay, keysMax }: Draft) {
  return {
    name: name.trim(),
    external_id: externalId.trim() === '' ? null : externalId.trim(),
    billing_day: billingDay,
    key_policy: { max_keys: keysMax.trim() === '' ? null : Number(keysMax) },
    ...(zone === null ? {} : { zone }),
  };
}

export function CustomerForm({ customer, onClose }: CustomerFormProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(customer === undefined ? NEW : draftOf(customer));
  const change = (changes: Partial<Draft>): void => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () => {
      const settings = settingsOf(draft);
      if (customer !== undefined) {
        return bodyOf(api.PATCH('/v1/customers/{id}', { params: { path: { id: customer.id } }, body: settings }));
      }
      const currency = draft.currency.trim().toUpperCase();
      return bodyOf(api.POST('/v1/customers', { body: { ...settings, ...(currency && { currency }) } }));
    },
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['customers'] });
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
      title={customer === undefined ? 'New customer' : 'Edit the customer'}
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
          <TextInput
            label="Your id for it"
            maxLength={200}
            autoComplete="off"
            value={draft.externalId}
            onChange={(event) => change({ externalId: event.currentTarget.value })}
          />
          <Calendar {...{ draft, change }} isNew={customer === undefined} />
          <TextInput
            label="Keys that it may make itself, at most"
            description="The usual number when empty; 0: none."
            inputMode="numeric"
            autoComplete="off"
            value={draft.keysMax}
            onChange={(event) => change({ keysMax: event.currentTarget.value })}
          />
          {save.isError && <ProblemAlert error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {customer === undefined ? 'Create' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface CalendarProps {
  readonly draft: Draft;
  readonly change: (changes: Partial<Draft>) => void;
  readonly isNew: boolean;
}

function Calendar({ draft, change, isNew }: CalendarProps) {
  const organization = useQuery(organizationQuery);
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      {isNew && (
        <TextInput
          label="Currency"
          description="For good."
          placeholder={organization.data?.currency}
          maxLength={3}
          autoComplete="off"
          value={draft.currency}
          onChange={(event) => change({ currency: event.currentTarget.value })}
        />
      )}
      <Select
        label="Time zone"
        description="Of its limits and invoices."
        placeholder={organization.data?.zone}
        searchable
        limit={60}
        data={ZONES}
        value={draft.zone}
        onChange={(zone) => change({ zone })}
      />
      <NumberInput
        label="Billing day"
        description="Begins its period."
        min={1}
        max={31}
        allowDecimal={false}
        value={draft.billingDay}
        onChange={(value) => change({ billingDay: Number(value) || 1 })}
      />
    </Group>
  );
}
