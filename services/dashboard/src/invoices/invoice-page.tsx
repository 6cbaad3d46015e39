// One invoice: what stands on it, what blocks it, what can be done with it, and the files it can be had as.

import '../money.css';
import { Alert, Button, Group, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { addressOf } from '../api/view.ts';
import { daySpan } from '../format/time.ts';
import { Facts } from '../parts/facts.tsx';
import { useNames } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { isOperator, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { CreditNotesPanel } from './credit-notes-panel.tsx';
import { FilesPanel } from './files-panel.tsx';
import { FinalizingPanel } from './finalizing-panel.tsx';
import { InvoiceActs } from './invoice-acts.tsx';
import { type Invoice, invoiceQuery } from './invoice-queries.ts';
import { InvoiceStateBadge } from './invoice-state.tsx';
import { LinesPanel } from './lines-panel.tsx';
import { PartiesPanel } from './parties-panel.tsx';
import { SummaryPanel } from './summary-panel.tsx';
import { TotalTiles } from './total-tiles.tsx';
import { VerifyButton } from './verify-button.tsx';

const route = getRouteApi('/shell/invoices/$id');

export function InvoicePage() {
  const { id } = route.useParams();
  const asked = useQuery(invoiceQuery(id));
  if (asked.error !== null) {
    return (
      <Page title="Invoice">
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      </Page>
    );
  }
  if (asked.data === undefined) return <InvoicePending />;
  return <InvoiceShown invoice={asked.data} />;
}

function InvoiceShown({ invoice }: { readonly invoice: Invoice }) {
  const session = useSession();
  const zone = useZone();
  const nameOf = useNames();
  const { id, customer, document, number, period, state } = invoice;
  const isForAll = isOperator(session);
  return (
    <Page
      title={number ?? 'Draft invoice'}
      lead={
        <Group gap="xs" mt={4}>
          <InvoiceStateBadge state={state} />
          {isForAll ? (
            <Link to="/customers/$id/billing" params={{ id: customer }} className="link underlined name clamped">
              {document.buyer.name || nameOf(customer)}
            </Link>
          ) : null}
          <span>
            {daySpan(period)} ({period.zone}) · other times in {zone}
          </span>
        </Group>
      }
      actions={
        <>
          <Button variant="default" component="a" href={addressOf(`/v1/invoices/${id}?format=pdf`)} download>
            Download PDF
          </Button>
          {isForAll && <InvoiceActs invoice={invoice} />}
        </>
      }
    >
      {state === 'void' && (
        <Alert color="gray" variant="light" title="Void">
          Everything that it did was taken back. Its number stays used. {invoice.settled_reason}
        </Alert>
      )}
      {state === 'draft' && isForAll && <FinalizingPanel invoice={invoice} />}
      <TotalTiles document={document} />
      <LinesPanel invoiceId={id} document={document} />
      <SummaryPanel document={document} />
      <CreditNotesPanel invoice={invoice} />
      <FilesPanel id={id} />
      <PartiesPanel document={document} />
      <Panel title="Record" aside={isForAll && state !== 'draft' && <VerifyButton id={id} />}>
        <RecordFacts invoice={invoice} />
      </Panel>
    </Page>
  );
}

function RecordFacts({ invoice }: { readonly invoice: Invoice }) {
  const zone = useZone();
  const at = (time: string | null) => (time === null ? undefined : <Time at={time} />);
  return (
    <Facts
      facts={[
        ['Id', invoice.id],
        [`Drafted (${zone})`, at(invoice.drafted_at)],
        [`Finalizes by itself (${zone})`, invoice.state === 'draft' ? (at(invoice.finalizes_at) ?? 'no') : undefined],
        [`Finalized (${zone})`, at(invoice.finalized_at)],
        [`Due by (${zone})`, at(invoice.due_at)],
        [`Settled (${zone})`, at(invoice.settled_at)],
        ['Reason', invoice.settled_reason ?? undefined],
        ['SHA-256', invoice.hash === null ? undefined : <code key="hash">{invoice.hash}</code>],
      ]}
    />
  );
}

function InvoicePending() {
  return (
    <Page title="Invoice">
      <Stack gap="lg" aria-busy="true">
        <Skeleton h={96} />
        <Skeleton h={320} />
        <Skeleton h={180} />
      </Stack>
    </Page>
  );
}
