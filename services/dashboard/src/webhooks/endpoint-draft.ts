// What is typed into the form of an endpoint, and what is sent of it. Pure.

import type { Endpoint, TYPES } from './webhook-queries.ts';

type Type = (typeof TYPES)[number];

export interface EndpointDraft {
  readonly url: string;
  readonly customer: string | null;
  /** None: everything. */
  readonly types: readonly Type[];
  readonly description: string;
  /** A header on each line: `Authorization: Bearer …`. */
  readonly headers: string;
}

export function draftOf(endpoint: Endpoint | undefined): EndpointDraft {
  return {
    url: endpoint?.url ?? '',
    customer: endpoint?.customer ?? null,
    types: endpoint?.types ?? [],
    description: endpoint?.description ?? '',
    headers: '',
  };
}

/** Of each line what stands before its first colon, and after; a line without one is a header without a value. */
export function headersOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').map((line) => line.trim());
  return Object.fromEntries(
    lines
      .filter((line) => line !== '')
      .map((line) => {
        const at = line.indexOf(':');
        return at === -1 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
  );
}

export function newEndpointOf({ url, customer, types, description, headers }: EndpointDraft) {
  return {
    url: url.trim(),
    types: types.length === 0 ? null : [...types],
    description: description.trim(),
    headers: headersOf(headers),
    ...(customer === null ? {} : { customer }),
  };
}

/** A header without a value is taken away; those that are not named stay. */
export function patchOf(draft: EndpointDraft) {
  const { customer: _, headers, ...settings } = newEndpointOf(draft);
  const merged = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === '' ? null : value]),
  );
  return { ...settings, headers: merged };
}
