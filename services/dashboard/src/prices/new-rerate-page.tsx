// Asks for past use to be rated again: a dry run, which changes nothing.

import '../money.css';
import { Button, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { dateStart, dateText, dayStart, monthStart, toInstant } from '../format/time.ts';
import { customersQuery } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useZone } from '../shell/zone.tsx';
import { PriceTabs } from './price-tabs.tsx';

const route = getRouteApi('/shell/prices/rerates/new');

export function NewReratePage() {
  const search = route.useSearch();
  const zone = useZone();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const customers = useQuery(customersQuery);
  const [from, setFrom] = useState(() =>
    dateText(zone, search.start === undefined ? monthStart(zone, Date.now()) : Date.parse(search.start)),
  );
  const [to, setTo] = useState(() => dateText(zone, Date.now()));
  const [provider, setProvider] = useState(search.provider ?? '');
  const [model, setModel] = useState(search.model ?? '');
  const [customer, setCustomer] = useState<string | null>(null);
  const [isUnpricedOnly, setUnpricedOnly] = useState(search.unpriced === 'true');
  const [reason, setReason] = useState(search.model === undefined ? '' : `A price for ${search.model}`);
  const startMs = dateStart(zone, from);
  const lastMs = dateStart(zone, to);
  const make = useMutation({
    mutationFn: (span: { readonly start: string; readonly end: string }) => {
      const filter = {
        ...(provider.trim() === '' ? {} : { provider: provider.trim() }),
        ...(model.trim() === '' ? {} : { model: model.trim() }),
        ...(customer === null ? {} : { customer }),
        unpriced_only: isUnpricedOnly,
      };
      return bodyOf(api.POST('/v1/rerates', { body: { ...span, filter, dry_run: true, reason: reason.trim() } }));
    },
    async onSuccess({ id }) {
      await queries.invalidateQueries({ queryKey: ['rerates'] });
      await navigate({ to: '/prices/rerates/$id', params: { id } });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (startMs === null || lastMs === null) return;
    make.mutate({ start: toInstant(startMs), end: toInstant(dayStart(zone, lastMs, -1)) });
  };
  return (
    <Page title="New re-rate" lead="Rates past use by the prices that are known now, each event at its own time">
      <PriceTabs />
      <form onSubmit={submit}>
        <Stack gap="lg">
          <Panel title="Which use">
            <div className="fields">
              <TextInput
                type="date"
                label={`From (${zone})`}
                required
                value={from}
                onChange={(event) => setFrom(event.currentTarget.value)}
              />
              <TextInput
                type="date"
                label={`To, included (${zone})`}
                required
                value={to}
                onChange={(event) => setTo(event.currentTarget.value)}
              />
              <TextInput
                label="Provider"
                placeholder="All"
                value={provider}
                onChange={(event) => setProvider(event.currentTarget.value)}
              />
              <TextInput
                label="Model"
                placeholder="All"
                value={model}
                onChange={(event) => setModel(event.currentTarget.value)}
              />
              <Select
                label="Customer"
                placeholder="All"
                searchable
                clearable
                limit={50}
                data={(customers.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                value={customer}
                onChange={setCustomer}
              />
            </div>
            <Switch
              mt="md"
              label="Only events without a cost"
              checked={isUnpricedOnly}
              onChange={(event) => setUnpricedOnly(event.currentTarget.checked)}
            />
          </Panel>
          <Panel title="Why">
            <TextInput
              label="Reason, for the audit log"
              required
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </Panel>
          {make.isError && <ProblemAlert error={make.error} />}
          <Group justify="flex-end">
            <Text size="sm" className="dim" mr="auto">
              Nothing changes yet: you see the difference first.
            </Text>
            <Button
              type="submit"
              data-autofocus
              loading={make.isPending}
              disabled={startMs === null || lastMs === null || reason.trim() === ''}
            >
              Show the difference
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}
