// The files that an invoice can be had as; and where one cannot be had, what the invoice lacks for it, before it is asked for.

import { Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { addressOf } from '../api/view.ts';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { formatsQuery } from './invoice-queries.ts';

const NAMES: Readonly<Record<string, readonly [name: string, what: string]>> = {
  json: ['JSON', 'The canonical document that all others are made from'],
  pdf: ['PDF', 'For people'],
  ubl: ['UBL', 'EN 16931, for e-invoicing'],
  cii: ['CII', 'EN 16931, for e-invoicing'],
  csv: ['CSV', 'The invoice as one row'],
  lines_csv: ['CSV of lines', 'A row for each line'],
  focus_csv: ['FOCUS, CSV', 'FOCUS 1.2, for cost management'],
  focus_parquet: ['FOCUS, Parquet', 'FOCUS 1.2, for cost management'],
  stripe: ['Stripe', 'Invoice items for its API'],
  xero: ['Xero', 'An import file'],
  quickbooks: ['QuickBooks', 'An import file'],
};
const SKELETON_HEIGHT = 200;

export function FilesPanel({ id }: { readonly id: string }) {
  const asked = useQuery(formatsQuery(id));
  return (
    <Panel title="Files">
      {asked.error !== null && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.data === undefined && asked.error === null && <Skeleton h={SKELETON_HEIGHT} />}
      <ul className="files">
        {asked.data?.map(({ format, lacks }) => {
          const [name, what] = NAMES[format] ?? [format, ''];
          return (
            <li key={format} data-format={format}>
              <div>
                <Text size="sm" fw={600}>
                  {name}
                </Text>
                <Text size="xs" className="dim">
                  {what}
                </Text>
                {lacks.map((lack) => (
                  <Text key={lack} size="xs" className="warned">
                    {lack}
                  </Text>
                ))}
              </div>
              {lacks.length === 0 ? (
                <Button
                  variant="default"
                  size="xs"
                  component="a"
                  href={addressOf(`/v1/invoices/${id}?format=${format}`)}
                  download
                  aria-label={`Download ${name}`}
                >
                  Download
                </Button>
              ) : (
                <Text size="xs" className="dim">
                  Not yet
                </Text>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
