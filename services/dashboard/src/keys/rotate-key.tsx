// Gives a key another secret; the old one works on for as long as is chosen.

import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';

interface RotateKeyProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onRotated: (secret: string) => void;
}

const GRACES = [
  { value: '0', label: 'Not at all: it leaked' },
  { value: '3600', label: 'An hour' },
  { value: '86400', label: 'A day' },
  { value: '604800', label: 'Seven days' },
];

export function RotateKey({ id, name, onClose, onRotated }: RotateKeyProps) {
  const queries = useQueryClient();
  const [grace, setGrace] = useState('86400');
  const rotate = useMutation({
    mutationFn: () =>
      bodyOf(api.POST('/v1/keys/{id}/rotate', { params: { path: { id } }, body: { grace_seconds: Number(grace) } })),
    async onSuccess({ secret }) {
      onRotated(secret);
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Rotate the secret" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text size="sm" className="name">
          “{name}” keeps its id, limits and usage. The new secret works at once.
        </Text>
        <Select
          label="How long the old secret works on"
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
