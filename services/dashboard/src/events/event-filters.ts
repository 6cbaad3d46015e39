// What the list of events is narrowed to, as it stands in the address.

const FIELDS = ['customer', 'key', 'model', 'state', 'id', 'start', 'end'] as const;

export type EventFilters = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

export function readEventFilters(search: Record<string, unknown>): EventFilters {
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = search[field];
      return value === undefined || value === '' ? [] : [[field, String(value)]];
    }),
  );
}
