// Which plan a customer has, had and will have; and the change to another.

import { Button, Group, Modal, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { dateStart, toInstant } from '../format/time.ts';
import { Confirm } from '../parts/confirm.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { planQuery, plansQuery } from '../plans/plan-queries.ts';
import { isOperator, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { subscriptionsQuery } from './billing-queries.ts';

interface SubscriptionPanelProps {
  readonly customer: string;
  readonly isWriter: boolean;
}

interface Subscription {
  readonly id: string;
  readonly plan: string;
  readonly version: number;
  readonly start: string;
  readonly end: string | null;
}

export function SubscriptionPanel({ customer, isWriter }: SubscriptionPanelProps) {
  const [act, setAct] = useState<'choose' | 'end' | null>(null);
  const asked = useQuery(subscriptionsQuery(customer));
  const held = (asked.data ?? []).filter(isHeld);
  const current = held.at(-1);
  return (
    <Panel
      title="Plan"
      aside={
        isWriter &&
        asked.data !== undefined && (
          <Group gap="xs">
            {current !== undefined && current.end === null && (
              <Button size="xs" variant="default" onClick={() => setAct('end')}>
                End it
              </Button>
            )}
            <Button size="xs" variant="default" onClick={() => setAct('choose')}>
              {current === undefined ? 'Subscribe' : 'Change'}
            </Button>
          </Group>
        )
      }
    >
      {asked.error !== null && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.data === undefined && asked.error === null && <Skeleton h={52} />}
      {asked.data !== undefined && held.length === 0 && (
        <EmptyState title="No plan">Use is billed as the price book has it, without fees.</EmptyState>
      )}
      <Stack>
        {held.map((subscription) => (
          <Held key={subscription.id} subscription={subscription} />
        ))}
      </Stack>
      {act === 'choose' && <ChoosePlan customer={customer} current={current} onClose={() => setAct(null)} />}
      {act === 'end' && current !== undefined && <EndPlan id={current.id} onClose={() => setAct(null)} />}
    </Panel>
  );
}

/** One that ended where it began never held. */
function isHeld({ start, end }: Subscription): boolean {
  return end === null || (end > start && Date.parse(end) > Date.now());
}

function Held({ subscription }: { readonly subscription: Subscription }) {
  const zone = useZone();
  const session = useSession();
  const plan = useQuery(planQuery(subscription.plan));
  const name = <span className="name clamped">{plan.data?.name ?? subscription.plan}</span>;
  return (
    <Facts
      facts={[
        [
          'Plan',
          isOperator(session) ? (
            <Link
              key="plan"
              to="/plans/$id"
              params={{ id: subscription.plan }}
              search={{ version: subscription.version }}
              className="link strong"
            >
              {name}
            </Link>
          ) : (
            name
          ),
        ],
        ['Version', subscription.version],
        [`From (${zone})`, <Time key="start" at={subscription.start} />],
        [`Until (${zone})`, subscription.end === null ? 'no end' : <Time key="end" at={subscription.end} />],
      ]}
    />
  );
}

interface ChoosePlanProps {
  readonly customer: string;
  readonly current: Subscription | undefined;
  readonly onClose: () => void;
}

function ChoosePlan({ customer, current, onClose }: ChoosePlanProps) {
  const zone = useZone();
  const queries = useQueryClient();
  const plans = useQuery(plansQuery);
  const [plan, setPlan] = useState<string | null>(null);
  const [from, setFrom] = useState('');
  const save = useMutation({
    mutationFn: async (chosen: string) => {
      const startMs = from === '' ? null : dateStart(zone, from);
      const at = startMs === null ? undefined : toInstant(startMs);
      if (current === undefined) {
        return await bodyOf(
          api.POST('/v1/subscriptions', {
            body: { customer, plan: chosen, ...(at === undefined ? {} : { start: at }) },
          }),
        );
      }
      const params = { path: { id: current.id } };
      return await bodyOf(
        api.POST('/v1/subscriptions/{id}/change', {
          params,
          body: { plan: chosen, ...(at === undefined ? {} : { at }) },
        }),
      );
    },
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['billing', 'subscriptions'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (plan !== null) save.mutate(plan);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={current === undefined ? 'Subscribe to a plan' : 'Change the plan'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Select
            label="Plan"
            description="Its latest version"
            required
            searchable
            data-autofocus
            data={(plans.data ?? [])
              .filter(({ archived_at: at }) => at === null)
              .map(({ id, name, currency }) => ({ value: id, label: `${name} (${currency})` }))}
            value={plan}
            onChange={setPlan}
          />
          <TextInput
            type="date"
            label={`From the beginning of (${zone})`}
            description="Empty: now. Not in a period whose invoice is finalized"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          {save.isError && <ProblemAlert error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={plan === null}>
              {current === undefined ? 'Subscribe' : 'Change'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function EndPlan({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/subscriptions/{id}/end', { params: { path: { id } }, body: {} })),
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['billing', 'subscriptions'] });
    },
  });
  return (
    <Confirm
      title="End the plan"
      act="End it now"
      error={end.error}
      isPending={end.isPending}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      <Text size="sm">Fees are asked for its part of the period. Use after it is billed as the price book has it.</Text>
    </Confirm>
  );
}
