// Whose use a new limit is about: everyone's, a customer's, a project's or a key's.

import { Input, SegmentedControl, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { customersQuery, keysQuery } from '../parts/names.ts';
import { holds, isOperator, useSession } from '../session/session.ts';
import type { LimitDraft } from './limit-draft.ts';
import { SCOPE_NAMES } from './limit-text.ts';

interface LimitOwnerProps {
  readonly draft: LimitDraft;
  readonly change: (changes: Partial<LimitDraft>) => void;
}

const LISTED = 1_000;
const OPTIONS_SHOWN = 50;

const projectsQuery = {
  queryKey: ['projects'],
  queryFn: async () => (await bodyOf(api.GET('/v1/projects', { params: { query: { limit: LISTED } } }))).data,
  staleTime: 60_000,
};

export function LimitOwner({ draft: { scope, id }, change }: LimitOwnerProps) {
  const session = useSession();
  const options = useOptions(scope);
  const kinds = isOperator(session)
    ? (['key', 'project', 'customer', 'organization'] as const)
    : (['key', 'project', 'customer'] as const);
  const own = (kind: LimitDraft['scope']): string | null => (kind === 'customer' ? session.customer : null);
  return (
    <>
      <div>
        <Input.Label labelElement="div" mb={4} id="limit-of">
          Of
        </Input.Label>
        <SegmentedControl
          fullWidth
          aria-labelledby="limit-of"
          value={scope}
          onChange={(kind) => change({ scope: kind, id: own(kind) })}
          data={kinds.map((value) => ({
            value,
            label: value === 'customer' && !isOperator(session) ? 'Everything' : SCOPE_NAMES[value],
          }))}
        />
      </div>
      {scope !== 'organization' && !(scope === 'customer' && session.customer !== null) && (
        <Select
          label={SCOPE_NAMES[scope]}
          required
          searchable
          data-autofocus
          openOnFocus={false}
          limit={OPTIONS_SHOWN}
          nothingFoundMessage="None of that name"
          data={options}
          value={id}
          onChange={(value) => change({ id: value })}
        />
      )}
    </>
  );
}

function useOptions(scope: LimitDraft['scope']) {
  const session = useSession();
  const mayList = holds(session, 'keys:read');
  const names = isOperator(session) && holds(session, 'admin');
  const customers = useQuery({ ...customersQuery, enabled: names });
  const keys = useQuery({ ...keysQuery, enabled: mayList });
  const projects = useQuery({ ...projectsQuery, enabled: mayList && scope === 'project' });
  const whose = (id: string | null): string => {
    const name = customers.data?.find((customer) => customer.id === id)?.name;
    return name === undefined ? '' : ` (${name})`;
  };
  switch (scope) {
    case 'key':
      return (keys.data ?? [])
        .filter(({ customer }) => customer !== null)
        .map(({ id, name, customer }) => ({ value: id, label: `${name}${whose(customer)}` }));
    case 'project':
      return (projects.data ?? []).map(({ id, name, customer }) => ({ value: id, label: `${name}${whose(customer)}` }));
    case 'customer':
      return (customers.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
    case 'organization':
      return [];
  }
}
