// The limits of one customer, as the page of limits shows them.

import '../limits/limits.css';
import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type LimitAct, LimitActs } from '../limits/limit-acts.tsx';
import { LimitDetails } from '../limits/limit-details.tsx';
import { LimitForm } from '../limits/limit-form.tsx';
import { LimitList } from '../limits/limit-list.tsx';
import { type Limit, readLimits } from '../limits/limits-query.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { useNames } from '../parts/names.ts';
import { usePages } from '../parts/use-pages.ts';

const REFETCH_MS = 10_000;

type Opened =
  | { readonly kind: 'edit' | 'details'; readonly limit: Limit }
  | { readonly kind: 'act'; readonly act: LimitAct; readonly limit: Limit };

export function CustomerLimits({ id }: { readonly id: string }) {
  const nameOf = useNames();
  const [opened, setOpened] = useState<Opened | null>(null);
  const filters = { customer: id };
  const pages = usePages({
    queryKey: ['limits', filters],
    read: (cursor) => readLimits(filters, cursor),
    refetchMs: REFETCH_MS,
  });
  const close = (): void => setOpened(null);
  return (
    <>
      <Group justify="space-between">
        <h2 className="section-title">Limits</h2>
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link to="/limits" search={{ customer: id }} {...props} />}
        >
          Set limits
        </Button>
      </Group>
      <LimitList
        {...pages}
        nameOf={nameOf}
        isOperator
        mayChange={() => true}
        onOpen={(limit) => setOpened({ kind: 'details', limit })}
        onEdit={(limit) => setOpened({ kind: 'edit', limit })}
        onAct={(act, limit) => setOpened({ kind: 'act', act, limit })}
        empty={<EmptyState title="No limits">Nothing is held back here. Usage and spend are not capped.</EmptyState>}
      />
      {opened?.kind === 'edit' && <LimitForm limit={opened.limit} onClose={close} />}
      {opened?.kind === 'details' && <LimitDetails limit={opened.limit} nameOf={nameOf} onClose={close} />}
      {opened?.kind === 'act' && <LimitActs act={opened.act} limit={opened.limit} nameOf={nameOf} onClose={close} />}
    </>
  );
}
