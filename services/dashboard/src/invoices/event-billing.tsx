// Where an event is billed: its line, and the invoice that it is on.

import { Alert, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, bodyOf } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';

const STATES: Readonly<Record<string, string>> = {
  billed: 'It is billed.',
  to_be_billed: 'The invoice of its period is not finalized yet.',
  to_be_adjusted: 'It came after the invoice of its period: the next invoice has it as an adjustment.',
  not_billed: 'It is not billed.',
};

export function EventBilling({ id, customer }: { readonly id: string; readonly customer: string }) {
  const asked = useQuery({
    queryKey: ['invoices', 'event', customer, id],
    queryFn: () => bodyOf(api.GET('/v1/events/{id}/invoice', { params: { path: { id }, query: { customer } } })),
  });
  if (asked.error !== null) {
    return (
      <Alert color="gray" variant="light">
        {asProblem(asked.error).detail}
      </Alert>
    );
  }
  if (asked.data === undefined) return <Skeleton h={48} />;
  const { invoice, lines, state } = asked.data;
  return (
    <div data-billing={state}>
      <Text size="sm">{STATES[state]}</Text>
      {invoice !== null && (
        <Link to="/invoices/$id" params={{ id: invoice.id }} className="link">
          {invoice.number ?? 'Draft invoice'}
        </Link>
      )}
      {invoice !== null &&
        lines.map((line) => (
          <div key={line.id}>
            <Link to="/invoices/$id/usage" params={{ id: invoice.id }} search={{ line: line.id }} className="link name">
              {line.description}
            </Link>
          </div>
        ))}
    </div>
  );
}
