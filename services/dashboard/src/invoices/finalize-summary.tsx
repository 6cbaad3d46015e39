// What is about to be finalized, and whether anything stands against it now.

import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { billedMoney, exactMoney } from '../format/number.ts';
import { type Invoice, refusalsQuery } from './invoice-queries.ts';

export function FinalizeSummary({ invoice }: { readonly invoice: Invoice }) {
  const refusals = useQuery(refusalsQuery(invoice.id));
  const { currency, totals } = invoice.document;
  return (
    <Stack gap="xs">
      <Text size="sm">
        It gets its number and never changes from then on:{' '}
        <strong title={exactMoney(totals.total, currency)}>{billedMoney(totals.total, currency)}</strong> in total,{' '}
        <strong title={exactMoney(totals.due, currency)}>{billedMoney(totals.due, currency)}</strong> due.
      </Text>
      {(refusals.data ?? []).map(({ code, detail }) => (
        <Text key={code} size="sm" className="warned name">
          {detail}
        </Text>
      ))}
      {(refusals.data ?? []).length > 0 && <Text size="sm">While this holds it is refused, and stays a draft.</Text>}
    </Stack>
  );
}
