// The use on an invoice by project and by model. Sums of what the groups of the lines cost by the price book: exact, and before
// what a plan makes of it.

import { SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { sumOf, toUnits } from '../format/decimal.ts';
import { exactCount } from '../format/number.ts';
import { Money } from '../parts/exact.tsx';
import { Panel } from '../parts/page.tsx';
import { projectNamesQuery } from '../parts/project-names.ts';
import { holds, useSession } from '../session/session.ts';
import type { InvoiceDocument } from './invoice-queries.ts';

const KINDS = ['model', 'project'] as const;
type Kind = (typeof KINDS)[number];

interface Share {
  readonly key: string;
  readonly name: string;
  readonly cost: string;
  readonly tokens: bigint;
}

/** What is no token is counted in units of its own, and is in no sum of tokens. */
const NO_TOKENS = /^(?:requests|web_searches|meter:.*)$/;

export function SummaryPanel({ document }: { readonly document: InvoiceDocument }) {
  const session = useSession();
  const [kind, setKind] = useState<Kind>('model');
  const projects = useQuery({ ...projectNamesQuery, enabled: holds(session, 'keys:read') });
  const shares = sharesOf(document, { kind, nameOf: (id) => projects.data?.get(id) ?? id });
  if (shares.length === 0) return null;
  // They come with the greatest first.
  const greatest = toUnits(shares[0]?.cost ?? '0');
  return (
    <Panel
      title="Where it comes from"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Summary by"
          value={kind}
          onChange={(value) => setKind(KINDS.find((one) => one === value) ?? 'model')}
          data={[
            { value: 'model', label: 'By model' },
            { value: 'project', label: 'By project' },
          ]}
        />
      }
    >
      <ul className="top-list">
        {shares.map(({ key, name, cost, tokens }) => (
          <li key={key} data-share={key}>
            <span className="name">{name}</span>
            <span className="top-figures">
              <span className="dim figure" title={`${exactCount(tokens)} tokens`}>
                {exactCount(tokens)} tokens
              </span>
              <Money amount={cost} currency={document.currency} />
            </span>
            <span className="bar top-bar" aria-hidden>
              <span className="bar-fill" style={{ width: `${widthOf(cost, greatest)}%` }} />
            </span>
          </li>
        ))}
      </ul>
      <Text size="xs" className="dim" mt="md">
        Cost by the price book, exact and before charges, discounts and minimums of a plan.
      </Text>
    </Panel>
  );
}

function widthOf(cost: string, greatest: bigint): number {
  return greatest === 0n ? 0 : Number((toUnits(cost) * 1_000n) / greatest) / 10;
}

function sharesOf(
  { lines }: InvoiceDocument,
  of: { readonly kind: Kind; readonly nameOf: (project: string) => string },
): readonly Share[] {
  const groups = lines.flatMap(({ usage }) => usage?.groups ?? []);
  const byKey = new Map<string, (typeof groups)[number][]>();
  for (const group of groups) {
    const key = of.kind === 'project' ? (group.project ?? '') : `${group.provider}/${group.model}`;
    byKey.set(key, [...(byKey.get(key) ?? []), group]);
  }
  return [...byKey]
    .map(([key, members]) => ({
      key,
      name: of.kind === 'project' ? (key === '' ? 'No project' : of.nameOf(key)) : nameOfModel(key),
      cost: sumOf(members.map(({ cost }) => cost)),
      tokens: members
        .filter(({ class: name }) => !NO_TOKENS.test(name))
        .reduce((sum, { quantity }) => sum + BigInt(quantity.split('.')[0] ?? '0'), 0n),
    }))
    .sort((one, other) => (toUnits(one.cost) > toUnits(other.cost) ? -1 : 1));
}

function nameOfModel(key: string): string {
  const [provider, ...model] = key.split('/');
  return model.join('/') === '' ? 'Meters' : `${model.join('/')} · ${provider}`;
}
