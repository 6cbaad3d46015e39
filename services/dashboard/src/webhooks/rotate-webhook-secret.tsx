// Gives an endpoint another secret; for as long as is chosen, messages are signed with both.

import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import type { Endpoint } from './webhook-queries.ts';

interface RotateWebhookSecretProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
  readonly onRotated: (secret: string) => void;
}

const GRACES = [
  { value: '0', label: 'Not at all: it leaked' },
  { value: '3600', label: 'An hour' },
  { value: '86400', label: 'A day' },
  { value: '604800', label: 'Seven days' },
];

export function RotateWebhookSecret({ endpoint: { id, url }, onClose, onRotated }: RotateWebhookSecretProps) {
  const [grace, setGrace] = useState('86400');
  const rotate = useMutation({
    mutationFn: () =>
      bodyOf(
        api.POST('/v1/webhook-endpoints/{id}/rotate-secret', {
          params: { path: { id } },
          body: { grace_seconds: Number(grace) },
        }),
      ),
    onSuccess: ({ secret }) => onRotated(secret),
  });
  return (
    <Modal opened onClose={onClose} title="Rotate the secret" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text size="sm" className="name">
          Messages to {url} are signed with the new secret at once, and with the old one beside it for a time, so that
          the receiver takes them with either.
        </Text>
        <Select
          label="How long the old secret signs too"
          data={GRACES}
          value={grace}
          allowDeselect={false}
          onChange={(value) => setGrace(value ?? '0')}
        />
        {rotate.isError && <ProblemAlert error={rotate.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => rotate.mutate()} loading={rotate.isPending} data-autofocus>
            Rotate
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
