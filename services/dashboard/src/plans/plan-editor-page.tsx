// Writes a plan, or a further version of one. The terms are JSON as the API takes them, held against their shape by the API.

import '../money.css';
import { Anchor, Button, Group, JsonInput, Skeleton, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { type PlanVersion, planQuery } from './plan-queries.ts';
import { termsIn } from './terms-text.ts';

const versionRoute = getRouteApi('/shell/plans/$id/new');

const EXAMPLE = {
  fees: [{ id: 'platform', description: 'Platform fee', amount: '49.00' }],
  charges: [
    {
      id: 'models',
      description: 'Language models',
      price_model: { kind: 'cost_plus', percent: '15' },
      split_by: ['model'],
    },
  ],
  commitment: null,
};

export function NewPlanPage() {
  return (
    <Page title="New plan" lead="With its first version">
      <Editor terms={EXAMPLE} planId={null} />
    </Page>
  );
}

export function NewPlanVersionPage() {
  const { id } = versionRoute.useParams();
  const plan = useQuery(planQuery(id));
  return (
    <Page
      title={plan.data === undefined ? 'New version' : `New version of ${plan.data.name}`}
      lead="All of its terms anew. Who subscribes from now on gets it; who has another version keeps that"
    >
      {plan.error !== null && <ProblemAlert error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data === undefined && plan.error === null && <Skeleton h={420} />}
      {plan.data !== undefined && <Editor terms={termsOf(plan.data.version)} planId={id} />}
    </Page>
  );
}

function termsOf({ charges, fees, commitment }: PlanVersion) {
  return { fees, charges, commitment };
}

function Editor({ terms, planId }: { readonly terms: unknown; readonly planId: string | null }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [currency, setCurrency] = useState('');
  const [text, setText] = useState(() => JSON.stringify(terms, null, 2));
  const read = termsIn(text);
  const save = useMutation({
    mutationFn: async (body: Readonly<Record<string, unknown>>) => {
      if (planId !== null) {
        await bodyOf(api.POST('/v1/plans/{id}/versions', { params: { path: { id: planId } }, body }));
        return planId;
      }
      const named = { ...body, name: name.trim(), ...(currency.trim() === '' ? {} : { currency: currency.trim() }) };
      return (await bodyOf(api.POST('/v1/plans', { body: named }))).id;
    },
    async onSuccess(id) {
      await queries.invalidateQueries({ queryKey: ['plans'] });
      await navigate({ to: '/plans/$id', params: { id }, search: {} });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (read.kind === 'terms') save.mutate(read.terms);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="lg">
        {planId === null && (
          <Panel>
            <div className="fields">
              <TextInput
                label="Name"
                required
                maxLength={200}
                data-autofocus
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <TextInput
                label="Currency"
                placeholder="The organization's"
                maxLength={3}
                value={currency}
                onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
              />
            </div>
          </Panel>
        )}
        <Panel title="Terms">
          <JsonInput
            label="Fees, charges and commitment, as JSON"
            description="Amounts are decimal text. An id stays the same from version to version."
            autosize
            minRows={16}
            maxRows={40}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            value={text}
            onChange={setText}
            error={read.kind === 'flawed' ? read.flaw : undefined}
          />
        </Panel>
        {save.isError && <ProblemAlert error={save.error} />}
        <Group justify="flex-end">
          <Anchor href="/docs#createPlan" size="sm" mr="auto" underline="always">
            All that terms can say
          </Anchor>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={read.kind === 'flawed' || (planId === null && name.trim() === '')}
          >
            {planId === null ? 'Make the plan' : 'Make the version'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
