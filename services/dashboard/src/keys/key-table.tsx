// API keys as a table, with what can be done with each: of all customers, or of one.

import { Badge, Button, Group, Menu, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { exactCount } from '../format/number.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { useNames } from '../parts/names.ts';
import { Time } from '../parts/time.tsx';
import { usePages } from '../parts/use-pages.ts';
import { holds, isOperator, useSession } from '../session/session.ts';
import type { KeyAct } from './key-acts.tsx';
import { type Key, readKeys } from './key-query.ts';

interface KeyTableProps {
  /** Absent: of all that the session sees. */
  readonly customer?: string | undefined;
  readonly empty: ReactNode;
  readonly onAct: (act: KeyAct) => void;
}

export function KeyTable({ customer, empty, onAct }: KeyTableProps) {
  const session = useSession();
  const nameOf = useNames();
  const pages = usePages({ queryKey: ['keys', 'pages', customer], read: (cursor) => readKeys(customer, cursor) });
  const columns: readonly Column<Key>[] = [
    {
      name: 'Name',
      cell: ({ name, id }) => (
        <div className="row-name">
          <div className="name clamp" title={name}>
            {name}
          </div>
          <Text size="xs" className="dim">
            {id}
          </Text>
        </div>
      ),
    },
    ...(isOperator(session) && customer === undefined
      ? [
          {
            name: 'Customer',
            cell: ({ customer: own }: Key) => (
              <span className="name clamp">{own === null ? 'Operator' : nameOf(own)}</span>
            ),
          },
        ]
      : []),
    { name: 'State', cell: (key) => <KeyState keyOf={key} /> },
    { name: 'Bounds', cell: (key) => <KeyBounds keyOf={key} /> },
    {
      name: 'Last used',
      cell: ({ last_used_at: at, last_used_from: from }) => (
        <>
          <Time at={at} />
          {from !== null && (
            <Text size="xs" className="dim">
              from {from}
            </Text>
          )}
        </>
      ),
    },
    { name: 'Expires', cell: ({ expires_at: at }) => <Time at={at} /> },
    ...(holds(session, 'keys:write') ? [{ name: '', cell: (key: Key) => <KeyMenu keyOf={key} onAct={onAct} /> }] : []),
  ];
  return <DataTable label="API keys" columns={columns} keyOf={({ id }) => id} empty={empty} {...pages} />;
}

function KeyMenu({ keyOf: key, onAct }: { readonly keyOf: Key; readonly onAct: (act: KeyAct) => void }) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={`Actions for ${key.name}`}>
          …
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAct({ kind: 'edit', key })}>Edit</Menu.Item>
        <Menu.Item onClick={() => onAct({ kind: 'rotate', key })}>Rotate the secret</Menu.Item>
        {key.enabled ? (
          <Menu.Item onClick={() => onAct({ kind: 'disable', key })}>Disable</Menu.Item>
        ) : (
          <Menu.Item onClick={() => onAct({ kind: 'enable', key })}>Enable</Menu.Item>
        )}
        <Menu.Item color="red" onClick={() => onAct({ kind: 'delete', key })}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function KeyState({
  keyOf: { enabled, disabled_reason: reason, secrets, expires_at: expires },
}: {
  readonly keyOf: Key;
}) {
  const old = secrets.find(({ retires_at: at, expires_at: until }) => at !== null && isAhead(until));
  const wasUsed =
    old !== undefined && old.last_used_at !== null && old.retires_at !== null && old.last_used_at > old.retires_at;
  const isExpired = expires !== null && !isAhead(expires);
  const state = enabled
    ? isExpired
      ? 'Expired'
      : 'Enabled'
    : reason === 'leaked'
      ? 'Disabled: it leaked'
      : 'Disabled';
  return (
    <>
      <Badge variant="default" tt="none" fw={500}>
        {state}
      </Badge>
      {old !== undefined && (
        <Text size="xs" className={wasUsed ? 'warning-text' : 'dim'} component="div">
          {wasUsed ? `Old secret still used from ${old.last_used_from ?? 'somewhere'}` : 'Old secret in its grace'}
          {old.expires_at !== null && (
            <>
              , until <Time at={old.expires_at} />
            </>
          )}
        </Text>
      )}
    </>
  );
}

/** Only those that there are. */
function KeyBounds({
  keyOf: { allowed_models: models, allowed_ips: ips, rate_limits: rates },
}: {
  readonly keyOf: Key;
}) {
  const bounds = [
    ...(models === null ? [] : [`Models: ${models.join(', ')}`]),
    ...(ips === null ? [] : [`From: ${ips.join(', ')}`]),
    ...(rates.requests_per_minute === null ? [] : [`${exactCount(rates.requests_per_minute)} requests a minute`]),
    ...(rates.tokens_per_minute === null ? [] : [`${exactCount(rates.tokens_per_minute)} tokens a minute`]),
  ];
  if (bounds.length === 0) return <span className="dim">None</span>;
  return (
    <Group gap={2} maw={220}>
      {bounds.map((bound) => (
        <Text key={bound} size="xs" className="name clamp" title={bound}>
          {bound}
        </Text>
      ))}
    </Group>
  );
}

function isAhead(time: string | null): boolean {
  return time !== null && Date.parse(time) > Date.now();
}
