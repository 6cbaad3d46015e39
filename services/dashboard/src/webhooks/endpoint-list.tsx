// The endpoints: where each is, what it is told of, and whether it takes what it is told.

import { Button, Menu, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { State } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import { isOperator, useSession } from '../session/session.ts';
import type { EndpointAct } from './endpoint-acts.tsx';
import type { Endpoint } from './webhook-queries.ts';

interface EndpointListProps {
  readonly endpoints: UseQueryResult<readonly Endpoint[]>;
  readonly nameOf: (id: string) => string;
  readonly isNaming: boolean;
  readonly onEdit: (endpoint: Endpoint) => void;
  readonly onRotate: (endpoint: Endpoint) => void;
  readonly onReplay: (endpoint: Endpoint) => void;
  readonly onAct: (act: EndpointAct, endpoint: Endpoint) => void;
}

export function EndpointList(props: EndpointListProps) {
  const { endpoints, nameOf, isNaming } = props;
  const session = useSession();
  const columns: readonly Column<Endpoint>[] = [
    {
      name: 'Endpoint',
      cell: ({ id, url, description }) => (
        <div className="wide-cell">
          <Link to="/webhooks" search={{ endpoint: id }} className="link name clamp" title="Its deliveries">
            {url}
          </Link>
          {description !== '' && (
            <Text size="xs" className="dim name clamp">
              {description}
            </Text>
          )}
        </div>
      ),
    },
    ...(isOperator(session)
      ? [
          {
            name: 'Of',
            cell: ({ customer }: Endpoint) => (
              <span className="name clamp">{customer === null ? 'The operator' : nameOf(customer)}</span>
            ),
          },
        ]
      : []),
    { name: 'Told of', cell: ({ types }) => <Types types={types} /> },
    { name: 'State', cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
    { name: '', cell: (endpoint) => <EndpointMenu {...props} endpoint={endpoint} /> },
  ];
  return (
    <DataTable
      label="Endpoints"
      columns={columns}
      rows={isNaming ? undefined : endpoints.data}
      keyOf={({ id }) => id}
      error={endpoints.data === undefined ? endpoints.error : null}
      onRetry={() => void endpoints.refetch()}
      empty={
        <EmptyState title="Nobody is told yet" curl={firstEndpointCurl()}>
          Add an endpoint, and hear of limits that are reached, keys that leak and invoices that are final. Messages are
          signed by the Standard Webhooks specification, and sent again for three days until they are taken.
        </EmptyState>
      }
    />
  );
}

function Types({ types }: { readonly types: Endpoint['types'] }) {
  if (types === null) return 'Everything';
  return (
    <span title={types.join(', ')}>
      {types.length <= 2 ? types.join(', ') : `${types[0]} and ${types.length - 1} more`}
    </span>
  );
}

function EndpointState({ endpoint }: { readonly endpoint: Endpoint }) {
  const { enabled, disabled_reason: reason, failing_since: since, failures_in_a_row: failures } = endpoint;
  if (!enabled) {
    const why = reason === 'gone' ? ': it answered 410' : reason === 'failing' ? ': it took nothing for days' : '';
    return <State tone={reason === null ? 'quiet' : 'bad'}>Disabled{why}</State>;
  }
  if (since !== null) {
    return (
      <>
        <State tone="waiting">Failing, {failures} in a row</State>
        <Text size="xs" className="dim">
          since <Time at={since} />
        </Text>
      </>
    );
  }
  return (
    <>
      <State tone="good">Enabled</State>
      <OldSecret until={endpoint.previous_secret_expires_at} />
    </>
  );
}

function OldSecret({ until }: { readonly until: string | null }) {
  if (until === null || Date.parse(until) < Date.now()) return null;
  return (
    <Text size="xs" className="dim">
      two secrets until <Time at={until} />
    </Text>
  );
}

function EndpointMenu(props: EndpointListProps & { readonly endpoint: Endpoint }) {
  const { endpoint, onEdit, onRotate, onReplay, onAct } = props;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={`Actions for ${endpoint.url}`}>
          …
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {endpoint.enabled && <Menu.Item onClick={() => onAct('test', endpoint)}>Send a test</Menu.Item>}
        {endpoint.enabled && <Menu.Item onClick={() => onReplay(endpoint)}>Replay a time</Menu.Item>}
        <Menu.Item onClick={() => onEdit(endpoint)}>Edit</Menu.Item>
        <Menu.Item onClick={() => onRotate(endpoint)}>Rotate the secret</Menu.Item>
        {endpoint.enabled ? (
          <Menu.Item onClick={() => onAct('disable', endpoint)}>Disable</Menu.Item>
        ) : (
          <Menu.Item onClick={() => onAct('enable', endpoint)}>Enable</Menu.Item>
        )}
        <Menu.Item color="red" onClick={() => onAct('delete', endpoint)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function firstEndpointCurl(): string {
  const body = { url: 'https://example.com/webhooks', types: ['quota.exceeded'] };
  return `curl ${window.location.origin}/v1/webhook-endpoints -H 'Authorization: Bearer tg_live_…' -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}
