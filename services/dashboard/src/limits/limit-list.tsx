// The list itself: one row for each limit with its bar; its place is kept while it comes.

import { Badge, Button, Group, Menu, Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import type { LimitAct } from './limit-acts.tsx';
import { LimitBar, LimitFigures } from './limit-bar.tsx';
import { SCOPE_NAMES, scopeName, scopeOf, termsText } from './limit-text.ts';
import type { Limit } from './limits-query.ts';

interface LimitListProps {
  /** Undefined: not known yet. */
  readonly rows: readonly Limit[] | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly onMore: (() => void) | undefined;
  readonly isLoadingMore: boolean;
  readonly empty: ReactNode;
  readonly nameOf: (id: string) => string;
  /** Who sees the limits of all customers is told whose each is. */
  readonly isOperator: boolean;
  readonly mayChange: (limit: Limit) => boolean;
  readonly onOpen: (limit: Limit) => void;
  readonly onEdit: (limit: Limit) => void;
  readonly onAct: (act: LimitAct, limit: Limit) => void;
}

const PENDING_ROWS = ['a', 'b', 'c', 'd', 'e'];

export function LimitList(props: LimitListProps) {
  const { rows, error, onRetry, onMore, isLoadingMore, empty } = props;
  if (error !== null && rows === undefined) return <ProblemAlert error={error} onRetry={onRetry} />;
  if (rows?.length === 0) return <section className="panel">{empty}</section>;
  return (
    <section className="panel panel-flush" aria-label="Limits" aria-busy={rows === undefined}>
      {/* Shown beside what was known: the figures are then of a while ago. */}
      {error !== null && <ProblemAlert error={error} onRetry={onRetry} />}
      <ul className="limit-list">
        {rows === undefined
          ? PENDING_ROWS.map((key) => (
              <li key={key} className="limit-row">
                <Skeleton h={44} />
                <Skeleton h={44} />
                <Skeleton h={44} />
              </li>
            ))
          : rows.map((limit) => <LimitRow key={limit.id} {...props} limit={limit} />)}
      </ul>
      {onMore !== undefined && (
        <Group justify="center" p="sm">
          <Button variant="default" size="xs" onClick={onMore} loading={isLoadingMore}>
            More
          </Button>
        </Group>
      )}
    </section>
  );
}

function LimitRow(props: LimitListProps & { readonly limit: Limit }) {
  const { limit, nameOf, onOpen, mayChange, isOperator } = props;
  const { kind } = scopeOf(limit);
  return (
    <li className="limit-row" data-row={limit.id} data-state={limit.state}>
      <div className="limit-whose">
        <button type="button" className="link-button name" onClick={() => onOpen(limit)}>
          <span className="clamp">{scopeName(limit, nameOf)}</span>
        </button>
        <Text size="xs" className="dim">
          {termsText(limit)}
        </Text>
        {kind !== 'organization' && (
          <Text size="xs" className="dim cut">
            {SCOPE_NAMES[kind]}
            {isOperator && kind !== 'customer' && limit.customer !== null && ` of ${nameOf(limit.customer)}`}
          </Text>
        )}
        {limit.model !== null && (
          <Text size="xs" className="dim name">
            only {limit.model}
          </Text>
        )}
      </div>
      <div className="limit-use">
        <LimitBar limit={limit} />
        <LimitFigures limit={limit} />
      </div>
      <div className="limit-when">
        <LimitMode limit={limit} />
        <Text size="xs" className="dim" component="div">
          <Resets limit={limit} />
        </Text>
      </div>
      <div className="limit-menu">{mayChange(limit) && <LimitMenu {...props} />}</div>
    </li>
  );
}

function LimitMode({ limit: { mode, suspended_until: until, set_by: setBy } }: { readonly limit: Limit }) {
  return (
    <Group gap={6}>
      <Badge variant="default" tt="none" fw={500}>
        {mode === 'block' ? 'Blocks' : 'Alerts only'}
      </Badge>
      {until !== null && (
        <Badge variant="light" color="yellow" tt="none" fw={500}>
          Suspended
        </Badge>
      )}
      {setBy === 'customer' && (
        <Badge variant="default" tt="none" fw={500}>
          Set by the customer
        </Badge>
      )}
    </Group>
  );
}

function Resets({ limit: { resets_at: at, window } }: { readonly limit: Limit }) {
  if (window === 'lifetime') return 'Never resets';
  if (at === null) return window === 'minute' ? 'Drains evenly' : '–';
  return (
    <>
      {window === 'minute' ? 'Drained' : 'Resets'} <Time at={at} />
    </>
  );
}

function LimitMenu({ limit, nameOf, onEdit, onAct }: LimitListProps & { readonly limit: Limit }) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Actions for ${termsText(limit).toLowerCase()} of ${scopeName(limit, nameOf)}`}
        >
          …
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onEdit(limit)}>Edit</Menu.Item>
        {limit.window !== 'minute' && <Menu.Item onClick={() => onAct('reset', limit)}>Reset</Menu.Item>}
        {limit.suspended_until === null ? (
          <Menu.Item onClick={() => onAct('suspend', limit)}>Suspend for a time</Menu.Item>
        ) : (
          <Menu.Item onClick={() => onAct('resume', limit)}>Resume</Menu.Item>
        )}
        <Menu.Item color="red" onClick={() => onAct('delete', limit)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
