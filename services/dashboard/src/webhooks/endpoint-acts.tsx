// What is done to an endpoint that is there, each asked for once more: tested, disabled, enabled, deleted.

import { useMutation } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import type { Endpoint } from './webhook-queries.ts';

export type EndpointAct = 'test' | 'enable' | 'disable' | 'delete';

interface EndpointActsProps {
  readonly act: EndpointAct;
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function EndpointActs({ act, endpoint, onClose, onDone }: EndpointActsProps) {
  const { error, isPending, mutate } = useMutation({
    mutationFn: async () => {
      const params = { path: { id: endpoint.id } };
      if (act === 'delete') await api.DELETE('/v1/webhook-endpoints/{id}', { params });
      else if (act === 'test') await api.POST('/v1/webhook-endpoints/{id}/test', { params });
      else await api.PATCH('/v1/webhook-endpoints/{id}', { params, body: { enabled: act === 'enable' } });
    },
    onSuccess: onDone,
  });
  const shared = { error, isPending, onConfirm: () => mutate(), onClose };
  switch (act) {
    case 'test':
      return (
        <Confirm title="Send a test" act="Send" {...shared}>
          A message of the type webhook.test goes to {endpoint.url}, signed and retried as any other. It shows below.
        </Confirm>
      );
    case 'enable':
      return (
        <Confirm title="Enable the endpoint" act="Enable" {...shared}>
          What waits for {endpoint.url} is sent at once. What happened meanwhile can be replayed.
        </Confirm>
      );
    case 'disable':
      return (
        <Confirm title="Disable the endpoint" act="Disable" {...shared}>
          Nothing is sent to {endpoint.url} until it is enabled again. What waits stays waiting.
        </Confirm>
      );
    case 'delete':
      return (
        <ConfirmByName
          title="Delete"
          what="Nothing more is sent to it, also of what is waiting. Its deliveries can still be seen."
          name={endpoint.url}
          {...shared}
        />
      );
  }
}
