// One delivery: each attempt with its answer and duration, and what is sent, to the byte. It can be sent again.

import { Button, Drawer, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { State } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import { attemptText, durationText, isTaken } from './attempt-text.ts';
import type { Attempt, Delivery } from './webhook-queries.ts';

interface DeliveryDetailsProps {
  readonly delivery: Delivery;
  readonly url: string;
  readonly onClose: () => void;
}

export function DeliveryDetails({ delivery, url, onClose }: DeliveryDetailsProps) {
  const queries = useQueryClient();
  const params = { path: { id: delivery.id } };
  const replay = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/webhook-deliveries/{id}/replay', { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={delivery.type}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Facts delivery={delivery} url={url} />
        <Group>
          <Button size="xs" onClick={() => replay.mutate()} loading={replay.isPending}>
            Send it again
          </Button>
          <Text size="sm" role="status">
            {replay.isSuccess && 'Queued. The attempt shows below.'}
          </Text>
        </Group>
        {replay.isError && <ProblemAlert error={replay.error} />}
        <Attempts attempts={delivery.attempts} />
        <Body id={delivery.id} />
      </Stack>
    </Drawer>
  );
}

function Facts({ delivery, url }: Omit<DeliveryDetailsProps, 'onClose'>) {
  const facts = [
    ['To', url],
    ['webhook-id', delivery.message],
    ['tollgate-order', delivery.order],
    ['Made', <Time key="made" at={delivery.created_at} />],
    ['Delivered', delivery.delivered_at === null ? 'not yet' : <Time key="delivered" at={delivery.delivered_at} />],
    ['Next attempt', delivery.next_attempt_at === null ? '–' : <Time key="next" at={delivery.next_attempt_at} />],
  ] as const;
  return (
    <Table>
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={130}>
              {name}
            </Table.Th>
            <Table.Td className="name">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <section aria-label="Attempts">
      <Text fw={600} component="h3" size="sm" mb="xs">
        Attempts
      </Text>
      {attempts.length === 0 && (
        <Text size="sm" className="dim">
          None yet.
        </Text>
      )}
      <ol className="plain-list">
        {attempts.map((attempt) => (
          <li key={attempt.at}>
            <Group justify="space-between" gap="xs">
              <Text size="sm" component="div">
                <State tone={isTaken(attempt) ? 'good' : 'bad'}>{attemptText(attempt)}</State>
              </Text>
              <Text size="sm" className="dim figure">
                {durationText(attempt.duration_ms)}
              </Text>
            </Group>
            <Text size="xs" className="dim">
              <Time at={attempt.at} />
              {attempt.next_attempt_at !== null && (
                <>
                  {' '}
                  · then again <Time at={attempt.next_attempt_at} />
                </>
              )}
            </Text>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Body({ id }: { readonly id: string }) {
  const whole = useQuery({
    queryKey: ['webhook-body', id],
    queryFn: () => bodyOf(api.GET('/v1/webhook-deliveries/{id}', { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section aria-label="What is sent">
      <Text fw={600} component="h3" size="sm" mb="xs">
        What is sent
      </Text>
      {whole.isError && <ProblemAlert error={whole.error} onRetry={() => void whole.refetch()} />}
      {whole.isPending && <Skeleton h={180} />}
      {whole.data !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
        <pre className="curl" tabIndex={0}>
          {indented(whole.data.body)}
        </pre>
      )}
    </section>
  );
}

/** For reading; the bytes are signed as they are, in one line. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
