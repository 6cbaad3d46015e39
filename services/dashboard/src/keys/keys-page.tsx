// API keys: made, rotated, disabled; and whether an old secret is still in use.

import { Badge, Button, Group, Menu, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { useNames } from '../parts/names.ts';
import { Page } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, isOperator, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { NewKey } from './new-key.tsx';
import { RotateKey } from './rotate-key.tsx';
import { SecretShown } from './secret-shown.tsx';

const PAGE_ROWS = 100;

async function readKeys(cursor: string | undefined) {
  const query = { limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  return await bodyOf(api.GET('/v1/keys', { params: { query } }));
}

type Key = Awaited<ReturnType<typeof readKeys>>['data'][number];

/** What is open on top of the list. */
type Act =
  | { readonly kind: 'new' }
  | { readonly kind: 'rotate' | 'disable'; readonly key: Key }
  | { readonly kind: 'secret'; readonly title: string; readonly secret: string };

export function KeysPage() {
  const session = useSession();
  const zone = useZone();
  const nameOf = useNames();
  const queries = useQueryClient();
  const [act, setAct] = useState<Act | null>(null);
  const pages = usePages({ queryKey: ['keys', 'pages'], read: readKeys });
  const toggle = useMutation({
    mutationFn: ({ id, enabled }: Pick<Key, 'id' | 'enabled'>) => {
      const options = { params: { path: { id } } };
      return enabled ? api.POST('/v1/keys/{id}/disable', options) : api.POST('/v1/keys/{id}/enable', options);
    },
    async onSuccess() {
      setAct(null);
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const isWriter = holds(session, 'keys:write');
  const columns: readonly Column<Key>[] = [
    {
      name: 'Name',
      cell: ({ name, id }) => (
        <>
          <div className="name">{name}</div>
          <Text size="xs" className="dim">
            {id}
          </Text>
        </>
      ),
    },
    ...(isOperator(session)
      ? [
          {
            name: 'Customer',
            cell: ({ customer }: Key) => (
              <span className="name">{customer === null ? 'Operator' : nameOf(customer)}</span>
            ),
          },
        ]
      : []),
    { name: 'State', cell: (key) => <KeyState keyOf={key} /> },
    { name: `Last used (${zone})`, cell: ({ last_used_at: at }) => <Time at={at} /> },
    { name: `Made (${zone})`, cell: ({ created_at: at }) => <Time at={at} /> },
    ...(isWriter
      ? [
          {
            name: '',
            cell: (key: Key) => (
              <Menu position="bottom-end" withinPortal>
                <Menu.Target>
                  <Button size="compact-sm" variant="default" aria-label={`Actions for ${key.name}`}>
                    …
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => setAct({ kind: 'rotate', key })}>Rotate the secret</Menu.Item>
                  {key.enabled ? (
                    <Menu.Item color="red" onClick={() => setAct({ kind: 'disable', key })}>
                      Disable
                    </Menu.Item>
                  ) : (
                    <Menu.Item onClick={() => toggle.mutate(key)}>Enable</Menu.Item>
                  )}
                </Menu.Dropdown>
              </Menu>
            ),
          },
        ]
      : []),
  ];
  return (
    <Page
      title="API keys"
      lead={`Times in ${zone}`}
      actions={isWriter && <Button onClick={() => setAct({ kind: 'new' })}>New API key</Button>}
    >
      <DataTable
        label="API keys"
        columns={columns}
        keyOf={({ id }) => id}
        empty={<EmptyState title="No API keys">Make one, and send events with it.</EmptyState>}
        {...pages}
      />
      {act?.kind === 'new' && (
        <NewKey
          onClose={() => setAct(null)}
          onMade={(secret) => setAct({ kind: 'secret', title: 'The secret of the new key', secret })}
        />
      )}
      {act?.kind === 'rotate' && (
        <RotateKey
          id={act.key.id}
          name={act.key.name}
          onClose={() => setAct(null)}
          onRotated={(secret) => setAct({ kind: 'secret', title: 'The new secret', secret })}
        />
      )}
      {act?.kind === 'secret' && <SecretShown {...act} onClose={() => setAct(null)} />}
      {act?.kind === 'disable' && (
        <ConfirmByName
          title="Disable"
          what="It is refused everywhere within a second, and everything that was obtained with it ends."
          name={act.key.name}
          error={toggle.error}
          isPending={toggle.isPending}
          onConfirm={() => toggle.mutate(act.key)}
          onClose={() => setAct(null)}
        />
      )}
    </Page>
  );
}

function KeyState({ keyOf: { enabled, disabled_reason: reason, secrets } }: { readonly keyOf: Key }) {
  const old = secrets.find(({ retires_at: at, expires_at: until }) => at !== null && isAhead(until));
  const wasUsed =
    old !== undefined && old.last_used_at !== null && old.retires_at !== null && old.last_used_at > old.retires_at;
  return (
    <Group gap={6}>
      <Badge variant="default" tt="none" fw={500}>
        {enabled ? 'Enabled' : reason === 'leaked' ? 'Disabled: it leaked' : 'Disabled'}
      </Badge>
      {old !== undefined && (
        <Text size="xs" className="dim">
          {wasUsed ? `old secret still used from ${old.last_used_from ?? 'somewhere'}` : 'old secret in its grace'}
        </Text>
      )}
    </Group>
  );
}

function isAhead(time: string | null): boolean {
  return time !== null && Date.parse(time) > Date.now();
}
