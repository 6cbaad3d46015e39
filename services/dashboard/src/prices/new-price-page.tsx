// Writes a price: of one model, for several classes at once, and says beside it what the month would come to under it.

import '../money.css';
import { Anchor, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { dateStart, dateText, toInstant } from '../format/time.ts';
import { customersQuery } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { organizationQuery, useZone } from '../shell/zone.tsx';
import { ClassAmounts } from './class-amounts.tsx';
import { MonthUnder } from './month-under.tsx';
import { type ClassAmount, isAmount } from './price-draft.ts';
import { PriceTabs } from './price-tabs.tsx';

const route = getRouteApi('/shell/prices/new');
const CLASSES_DEFAULT = ['input', 'cache_read', 'output'];
const TIERS = ['standard', 'batch', 'flex', 'priority'] as const;

export function NewPricePage() {
  const search = route.useSearch();
  const zone = useZone();
  const customers = useQuery(customersQuery);
  const organization = useQuery(organizationQuery);
  const [provider, setProvider] = useState(search.provider ?? '');
  const [model, setModel] = useState(search.model ?? '');
  const [customer, setCustomer] = useState<string | null>(search.customer ?? null);
  const [tier, setTier] = useState(search.tier ?? 'standard');
  const [from, setFrom] = useState(search.from ?? '');
  const [source, setSource] = useState('');
  const [amounts, setAmounts] = useState<readonly ClassAmount[]>(
    (search.classes?.split(',') ?? CLASSES_DEFAULT).map((name) => ({ name, amount: '' })),
  );
  const currency =
    customers.data?.find(({ id }) => id === customer)?.currency ??
    search.currency ??
    organization.data?.currency ??
    'USD';
  const written = amounts.filter(({ amount }) => isAmount(amount));
  const isReady = provider.trim() !== '' && model.trim() !== '' && written.length > 0 && amounts.every(isEmptyOrAmount);
  const make = useMakePrices(search.from !== undefined);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    const shared = {
      ...{ provider: provider.trim(), model: model.trim(), service_tier: tierOf(tier), currency },
      ...(customer === null ? {} : { customer }),
      ...(search.region === undefined ? {} : { region: search.region }),
      ...(from === '' ? {} : { effective_from: toInstant(dateStart(zone, from) ?? Date.now()) }),
      ...(source.trim() === '' ? {} : { source: source.trim() }),
    };
    make.mutate(written.map(({ name, amount }) => ({ ...shared, class: name, amount: amount.trim() })));
  };
  return (
    <Page title="New price" lead="A version of its own: what was written before stays, and holds until this one begins">
      <PriceTabs />
      <form onSubmit={submit}>
        <Stack gap="lg">
          <Panel title="Of what">
            <div className="fields">
              <TextInput
                label="Provider"
                description="As in events, or * for any"
                required
                maxLength={256}
                data-autofocus
                value={provider}
                onChange={(event) => setProvider(event.currentTarget.value)}
              />
              <TextInput
                label="Model"
                description="A name, or gpt-4o* for all that begin so"
                required
                maxLength={256}
                value={model}
                onChange={(event) => setModel(event.currentTarget.value)}
              />
              <Select
                label="Service tier"
                description="None stands in for another"
                data={[...new Set([...TIERS, tier])]}
                allowDeselect={false}
                value={tier}
                onChange={(value) => setTier(value ?? 'standard')}
              />
              <Select
                label="For"
                description="Before the list: a customer's own"
                searchable
                clearable
                limit={50}
                placeholder="All customers"
                data={(customers.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                value={customer}
                onChange={setCustomer}
              />
              <TextInput
                type="date"
                label={`From the beginning of (${zone})`}
                description="By the time of the event. Empty: now"
                value={from}
                max={dateText(zone, Date.now() + 366 * 86_400_000)}
                onChange={(event) => setFrom(event.currentTarget.value)}
              />
              <TextInput
                label="Source"
                description="Where the figure comes from"
                maxLength={500}
                value={source}
                onChange={(event) => setSource(event.currentTarget.value)}
              />
            </div>
          </Panel>
          <Panel title={`How much, in ${currency}`}>
            <ClassAmounts amounts={amounts} currency={currency} onChange={setAmounts} />
          </Panel>
          <MonthUnder {...{ provider: provider.trim(), model: model.trim(), tier, customer, currency, amounts }} />
          {make.isError && <ProblemAlert error={make.error} />}
          <Group justify="flex-end">
            <Anchor href="/docs#createPrices" size="sm" mr="auto" underline="always">
              Prices by size of request and region: by the API
            </Anchor>
            <Button type="submit" disabled={!isReady} loading={make.isPending}>
              Set the price
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}

type Tier = 'standard' | 'batch' | 'flex' | 'priority';

interface NewPrice {
  readonly provider: string;
  readonly model: string;
  readonly class: string;
  readonly amount: string;
  readonly service_tier: Tier;
  readonly currency: string;
  readonly customer?: string;
  readonly region?: string;
  readonly effective_from?: string;
  readonly source?: string;
}

function tierOf(text: string): Tier {
  return TIERS.find((tier) => tier === text) ?? 'standard';
}

function isEmptyOrAmount({ amount }: ClassAmount): boolean {
  return amount.trim() === '' || isAmount(amount);
}

/** Whoever comes from use without a price goes on to rate it again. */
function useMakePrices(isForPastUse: boolean) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: readonly NewPrice[]) => bodyOf(api.POST('/v1/prices', { body: [...body] })),
    async onSuccess(_, [first]) {
      await queries.invalidateQueries({ queryKey: ['prices'] });
      if (first === undefined) return;
      const { provider, model, effective_from: start } = first;
      if (isForPastUse) {
        const about = { provider, model, unpriced: 'true', ...(start === undefined ? {} : { start }) };
        await navigate({ to: '/prices/rerates/new', search: about });
      } else {
        await navigate({ to: '/prices/model', search: { provider, model } });
      }
    },
  });
}
