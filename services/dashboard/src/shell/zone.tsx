// The zone that times are shown in: chosen here, kept in this browser, and named wherever a time is.

import { Select } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { api, bodyOf } from '../api/client.ts';

const ZoneContext = createContext('UTC');

export const organizationQuery = queryOptions({
  queryKey: ['organization'],
  queryFn: () => bodyOf(api.GET('/v1/organization')),
  staleTime: Number.POSITIVE_INFINITY,
});

const AUTOMATIC = '';
const OWN = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

function useChosenZone() {
  const [chosen, choose] = useLocalStorage({
    key: 'tollgate-zone',
    defaultValue: AUTOMATIC,
    getInitialValueInEffect: false,
  });
  const organization = useQuery({ ...organizationQuery, retry: false });
  const zone = ZONES.includes(chosen) ? chosen : (organization.data?.zone ?? 'UTC');
  return { zone, choose, organizationZone: organization.data?.zone };
}

export function ZoneProvider({ children }: { readonly children: ReactNode }) {
  return <ZoneContext value={useChosenZone().zone}>{children}</ZoneContext>;
}

export function useZone(): string {
  return useContext(ZoneContext);
}

export function ZoneChooser() {
  const { zone, choose, organizationZone } = useChosenZone();
  const labelOf = (name: string): string => {
    if (name === organizationZone) return `${name} (organization)`;
    return name === OWN ? `${name} (this browser)` : name;
  };
  const first = [...new Set([organizationZone, OWN, 'UTC'])].filter((name) => name !== undefined);
  return (
    <Select
      aria-label="Time zone"
      size="xs"
      w={{ base: 170, sm: 230 }}
      searchable
      limit={60}
      allowDeselect={false}
      comboboxProps={{ withinPortal: true }}
      data={[...first, ...ZONES.filter((name) => !first.includes(name))].map((name) => ({
        value: name,
        label: labelOf(name),
      }))}
      value={zone}
      onChange={(value) => choose(value ?? AUTOMATIC)}
    />
  );
}
