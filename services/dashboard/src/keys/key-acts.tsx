// What can be done with API keys, each in its own window on top of the list.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { KeyForm } from './key-form.tsx';
import type { Key } from './key-query.ts';
import { RotateKey } from './rotate-key.tsx';
import { SecretShown } from './secret-shown.tsx';

export type KeyAct =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'rotate' | 'disable' | 'enable' | 'delete'; readonly key: Key }
  | { readonly kind: 'secret'; readonly title: string; readonly secret: string };

interface KeyActsProps {
  readonly act: KeyAct;
  /** Whose a new one is. */
  readonly customer?: string | undefined;
  readonly onAct: (act: KeyAct | null) => void;
}

export function KeyActs({ act, customer, onAct }: KeyActsProps) {
  const close = (): void => onAct(null);
  const showSecret = (title: string) => (secret: string) => onAct({ kind: 'secret', title, secret });
  switch (act.kind) {
    case 'new':
      return <KeyForm customer={customer} onClose={close} onMade={showSecret('The secret of the new key')} />;
    case 'edit':
      return <KeyForm keyToChange={act.key} onClose={close} onMade={close} />;
    case 'rotate':
      return <RotateKey id={act.key.id} name={act.key.name} onClose={close} onRotated={showSecret('The new secret')} />;
    case 'secret':
      return <SecretShown {...act} onClose={close} />;
    default:
      return <StateAct kind={act.kind} of={act.key} onClose={close} />;
  }
}

interface StateActProps {
  readonly kind: 'disable' | 'enable' | 'delete';
  readonly of: Key;
  readonly onClose: () => void;
}

function StateAct({ kind, of: { id, name }, onClose }: StateActProps) {
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: async () => {
      const options = { params: { path: { id } } };
      if (kind === 'delete') await api.DELETE('/v1/keys/{id}', options);
      else if (kind === 'disable') await api.POST('/v1/keys/{id}/disable', options);
      else await api.POST('/v1/keys/{id}/enable', options);
    },
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const shared = { error: act.error, isPending: act.isPending, onConfirm: () => act.mutate(), onClose };
  if (kind === 'delete') {
    return (
      <ConfirmByName
        title="Delete"
        what="It is refused everywhere within a second, its limits end, and it cannot be brought back. What it used stays."
        name={name}
        {...shared}
      />
    );
  }
  return kind === 'disable' ? (
    <Confirm title="Disable the API key" act="Disable" {...shared}>
      “{name}” is refused everywhere within a second, and everything that was obtained with it ends. It can be enabled
      again.
    </Confirm>
  ) : (
    <Confirm title="Enable the API key" act="Enable" {...shared}>
      “{name}” works again within a second, with the secret that it has.
    </Confirm>
  );
}
