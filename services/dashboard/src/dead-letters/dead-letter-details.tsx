// One dead letter: its reason as a sentence, and what to do.

import { Button, Drawer, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { Notice } from '../parts/notice.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { reasonOf } from './dead-letter-reasons.ts';

interface DeadLetterDetailsProps {
  readonly id: string;
  readonly nameOf: (id: string) => string;
  readonly mayHandle: boolean;
  readonly onHandle: (act: 'replay' | 'discard') => void;
  readonly onClose: () => void;
}

async function readLetter(id: string) {
  return await bodyOf(api.GET('/v1/dead-letters/{id}', { params: { path: { id } } }));
}

export function DeadLetterDetails({ id, nameOf, mayHandle, onHandle, onClose }: DeadLetterDetailsProps) {
  const letter = useQuery({ queryKey: ['dead-letter', id], queryFn: () => readLetter(id) });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title="Dead letter"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {letter.isError && <ProblemAlert error={letter.error} onRetry={() => void letter.refetch()} />}
      {letter.isPending && <Skeleton h={320} />}
      {letter.data !== undefined && (
        <Stack>
          <Notice title={reasonOf(letter.data.code).name}>
            <Text size="sm">{letter.data.detail}</Text>
            <Text size="sm" mt="xs">
              {reasonOf(letter.data.code).advice}
            </Text>
          </Notice>
          {mayHandle && (
            <Group>
              <Button size="xs" onClick={() => onHandle('replay')}>
                Replay
              </Button>
              <Button size="xs" variant="default" onClick={() => onHandle('discard')}>
                Discard
              </Button>
            </Group>
          )}
          <Facts letter={letter.data} nameOf={nameOf} />
        </Stack>
      )}
    </Drawer>
  );
}

interface FactsProps {
  readonly letter: Awaited<ReturnType<typeof readLetter>>;
  readonly nameOf: (id: string) => string;
}

function Facts({ letter, nameOf }: FactsProps) {
  const facts = [
    ['Event', letter.event ?? 'none can be read from it'],
    ['Customer', letter.customer === null ? '–' : nameOf(letter.customer)],
    ['Sent by', letter.reported_by === null ? '–' : nameOf(letter.reported_by)],
    ['Event time', letter.time === null ? '–' : <Time key="time" at={letter.time} />],
    ['First seen', letter.received_at === null ? '–' : <Time key="received" at={letter.received_at} />],
    ['Dead since', <Time key="dead" at={letter.dead_since} />],
    ['Code', letter.code],
    ['Id', letter.id],
  ] as const;
  return (
    <Table>
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={120}>
              {name}
            </Table.Th>
            <Table.Td className="name">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
