// What is done to a limit that is there, each asked for once more: reset, suspended, resumed, deleted.

import { Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { exactFigure, limitName, scopeName } from './limit-text.ts';
import type { Limit } from './limits-query.ts';

export type LimitAct = 'reset' | 'suspend' | 'resume' | 'delete';

interface LimitActsProps {
  readonly act: LimitAct;
  readonly limit: Limit;
  readonly nameOf: (id: string) => string;
  readonly onClose: () => void;
}

const SUSPENSIONS = [
  { value: '3600', label: 'An hour' },
  { value: '86400', label: 'A day' },
  { value: '604800', label: 'Seven days' },
  { value: '2592000', label: 'Thirty days' },
];

export function LimitActs({ act, limit, nameOf, onClose }: LimitActsProps) {
  const queries = useQueryClient();
  const [suspension, setSuspension] = useState('86400');
  const { error, isPending, mutate } = useMutation({
    mutationFn: async () => {
      const params = { path: { id: limit.id } };
      if (act === 'delete') await api.DELETE('/v1/limits/{id}', { params });
      else if (act === 'reset') await api.POST('/v1/limits/{id}/reset', { params, body: {} });
      else if (act === 'resume') await api.POST('/v1/limits/{id}/resume', { params, body: {} });
      else await api.POST('/v1/limits/{id}/suspend', { params, body: { for_seconds: Number(suspension) } });
    },
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['limits'] });
    },
  });
  const shared = { error, isPending, onConfirm: () => mutate(), onClose };
  const name = limitName(limit, nameOf);
  switch (act) {
    case 'delete':
      return (
        <ConfirmByName
          title="Delete"
          what={`It refuses nothing any more within a second, and tells nothing: ${name}.`}
          name={scopeName(limit, nameOf)}
          {...shared}
        />
      );
    case 'reset':
      return (
        <Confirm title="Reset the limit" act="Reset" {...shared}>
          {name}: use before now does not count any more
          {limit.used !== null && `, which is ${exactFigure(limit, limit.used)} at this moment`}. What reservations hold
          stays held, and the window ends when it would have.
        </Confirm>
      );
    case 'resume':
      return (
        <Confirm title="Resume the limit" act="Resume" {...shared}>
          {name}: it refuses again within a second, also for what was used meanwhile.
        </Confirm>
      );
    case 'suspend':
      return (
        <Confirm title="Suspend the limit" act="Suspend" {...shared}>
          <Stack>
            <Text size="sm">{name}: until then it refuses nothing, and goes on counting and telling.</Text>
            <Select
              label="For"
              data={SUSPENSIONS}
              value={suspension}
              allowDeselect={false}
              onChange={(value) => setSuspension(value ?? '3600')}
            />
          </Stack>
        </Confirm>
      );
  }
}
