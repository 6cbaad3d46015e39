// Sends an endpoint the messages of a time again, page by page, and counts them while it does.

import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { exactCount } from '../format/number.ts';
import { dateStart, dateText, dayStart, toInstant } from '../format/time.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useZone } from '../shell/zone.tsx';
import type { Endpoint } from './webhook-queries.ts';

interface ReplayRangeProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
  readonly onReplayed: () => void;
}

const HOUR_MS = 3_600_000;
const CHOSEN = 'days';
const TIMES = [
  { value: '1', label: 'The last hour' },
  { value: '24', label: 'The last day' },
  { value: '168', label: 'The last seven days' },
  { value: '720', label: 'The last thirty days' },
  { value: CHOSEN, label: 'Chosen days' },
];
/** Of a thousand messages each: more are kept by nobody. */
const PAGES_MAX = 1_000;

interface Span {
  readonly start: string;
  readonly end: string;
}

export function ReplayRange({ endpoint, onClose, onReplayed }: ReplayRangeProps) {
  const zone = useZone();
  const today = dateText(zone, Date.now());
  const [time, setTime] = useState('24');
  const [days, setDays] = useState({ from: today, to: today });
  const [which, setWhich] = useState<'undelivered' | 'all'>('undelivered');
  const [count, setCount] = useState(0);
  const spanOf = (): Span | null => {
    const nowMs = Date.now();
    if (time !== CHOSEN) return { start: toInstant(nowMs - Number(time) * HOUR_MS), end: toInstant(nowMs) };
    const [startMs, lastMs] = [dateStart(zone, days.from), dateStart(zone, days.to)];
    if (startMs === null || lastMs === null || lastMs < startMs) return null;
    return { start: toInstant(startMs), end: toInstant(dayStart(zone, lastMs, -1)) };
  };
  const replay = useMutation({
    mutationFn: (span: Span) => replayAll({ id: endpoint.id, span, which, onPage: setCount }),
    onSettled: onReplayed,
  });
  const span = spanOf();
  return (
    <Modal opened onClose={onClose} title="Replay a time" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text size="sm" className="name">
          Sends to {endpoint.url} what it is told of, with the same ids: a receiver that looks at them takes each once.
          Messages are kept for 30 days.
        </Text>
        <Select
          label="Which time"
          data={TIMES}
          value={time}
          allowDeselect={false}
          data-autofocus
          onChange={(value) => setTime(value ?? '24')}
        />
        {time === CHOSEN && (
          <Group grow>
            <TextInput
              type="date"
              label={`From (${zone})`}
              value={days.from}
              onChange={(event) => setDays({ ...days, from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={`Through (${zone})`}
              value={days.to}
              error={span === null ? 'Not before the first day' : null}
              onChange={(event) => setDays({ ...days, to: event.currentTarget.value })}
            />
          </Group>
        )}
        <SegmentedControl
          fullWidth
          aria-label="Which messages"
          value={which}
          onChange={(value) => setWhich(value as typeof which)}
          data={[
            { value: 'undelivered', label: 'What it has not taken' },
            { value: 'all', label: 'All' },
          ]}
        />
        <Text size="sm" role="status" mih={22}>
          {replay.isPending && `${exactCount(count)} queued …`}
          {replay.isSuccess && `${exactCount(count)} queued. They show in the deliveries.`}
        </Text>
        {replay.isError && <ProblemAlert error={replay.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {replay.isSuccess ? 'Close' : 'Cancel'}
          </Button>
          {!replay.isSuccess && (
            <Button
              loading={replay.isPending}
              disabled={span === null}
              onClick={() => span !== null && replay.mutate(span)}
            >
              Replay
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

interface ReplayAll {
  readonly id: string;
  readonly span: Span;
  readonly which: 'undelivered' | 'all';
  readonly onPage: (count: number) => void;
}

async function replayAll({ id, span, which, onPage }: ReplayAll): Promise<void> {
  let cursor: string | null = null;
  let count = 0;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const body = { ...span, which, cursor };
    const answer: { readonly replayed: number; readonly next_cursor: string | null } = await bodyOf(
      api.POST('/v1/webhook-endpoints/{id}/replay', { params: { path: { id } }, body }),
    );
    count += answer.replayed;
    onPage(count);
    cursor = answer.next_cursor;
    if (cursor === null) return;
  }
}
