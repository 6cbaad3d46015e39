// The lines of an invoice and what they add up to. Each line of use leads to the use behind it.

import { Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { exactCount } from '../format/number.ts';
import { dateOnly, daySpan } from '../format/time.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Billed, Quantity } from '../parts/exact.tsx';
import { Panel } from '../parts/page.tsx';
import type { InvoiceDocument, InvoiceLine } from './invoice-queries.ts';

interface LinesPanelProps {
  /** Null: of a preview, whose lines are not traced. */
  readonly invoiceId: string | null;
  readonly document: InvoiceDocument;
}

const KIND_NAMES: Readonly<Record<InvoiceLine['kind'], string>> = {
  usage: 'Use',
  fee: 'Fee',
  true_up: 'Missing to the minimum',
  adjustment: 'Adjustment',
};

/** There the name and the amount alone: all else is a touch away, on the page of the line. */
const PHONE = '(max-width: 48em)';

export function LinesPanel({ invoiceId, document }: LinesPanelProps) {
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const { currency, lines, period } = document;
  if (lines.length === 0) {
    return (
      <Panel title="Lines">
        <EmptyState title="No lines">Nothing of this period is billed so far.</EmptyState>
      </Panel>
    );
  }
  return (
    <section className="panel panel-flush" aria-label="Lines">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <section className="table-scroll" tabIndex={0} aria-label="Table: lines">
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Line</th>
              {!isPhone && (
                <>
                  <th scope="col">Kind</th>
                  <th scope="col" className="right">
                    Quantity
                  </th>
                  <th scope="col" className="right">
                    Events
                  </th>
                </>
              )}
              <th scope="col" className="right">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.id} data-line={line.id}>
                <td className="line-name">
                  <LineName {...{ line, invoiceId }} />
                  <LineSpan {...{ line, period }} />
                </td>
                {!isPhone && (
                  <>
                    <td>{KIND_NAMES[line.kind]}</td>
                    <td className="right">
                      {line.usage === null ? <None /> : <Quantity decimal={line.usage.quantity} />}
                    </td>
                    <td className="right">{line.usage === null ? <None /> : exactCount(BigInt(line.usage.events))}</td>
                  </>
                )}
                <td className="right">
                  <Billed amount={line.amount} currency={currency} />
                </td>
              </tr>
            ))}
          </tbody>
          <Totals document={document} columns={isPhone ? 1 : 4} />
        </table>
      </section>
    </section>
  );
}

function LineName({ line, invoiceId }: { readonly line: InvoiceLine; readonly invoiceId: string | null }) {
  if (invoiceId === null || line.usage === null) return <span className="name strong">{line.description}</span>;
  return (
    <Link
      to="/invoices/$id/usage"
      params={{ id: invoiceId }}
      search={{ line: line.id }}
      className="link name strong"
      aria-label={`${line.description}: the use behind it`}
    >
      {line.description}
    </Link>
  );
}

/** Where a line is not for the whole period. */
function LineSpan({ line, period }: { readonly line: InvoiceLine; readonly period: InvoiceDocument['period'] }) {
  const isWhole = line.start === period.start && line.end === period.end;
  if (isWhole && line.original_invoice === null) return null;
  return (
    <Text size="xs" className="dim">
      {daySpan({ start: line.start, end: line.end, zone: period.zone })}
      {line.original_invoice !== null && `, of invoice ${line.original_invoice}`}
    </Text>
  );
}

interface TotalsProps {
  readonly document: InvoiceDocument;
  /** Those before the amount. */
  readonly columns: number;
}

function Totals({ document, columns }: TotalsProps) {
  const { coupons, credit_notes: notes, credits, currency, due_at: dueAt, period, taxes, totals } = document;
  const included = taxes.length > 0 && totals.net === totals.total ? ', included' : '';
  const rows: readonly (readonly [id: string, name: string, amount: string])[] = [
    ['subtotal', 'Subtotal', totals.subtotal],
    ...coupons.map(({ id, description, amount }) => [id, description, lessOf(amount)] as const),
    ...taxes.map(({ id, name, percent, amount }) => [id, `${name} ${percent} %${included}`, amount] as const),
    ...(document.tax_text === null ? [] : [['tax-text', document.tax_text, '0'] as const]),
    ['total', 'Total', totals.total],
    ...notes.map(({ id, amount }) => [id, `Credit note ${id}`, lessOf(amount)] as const),
    ...credits.map(
      ({ id, kind, amount }) =>
        [id, kind === 'paid' ? 'Prepaid credit' : 'Promotional credit', lessOf(amount)] as const,
    ),
  ];
  return (
    <tfoot className="totals">
      {rows.map(([id, name, amount]) => (
        <tr key={id}>
          <th scope="row" colSpan={columns} className="right name">
            {name}
          </th>
          <td className="right">{id === 'tax-text' ? null : <Billed amount={amount} currency={currency} />}</td>
        </tr>
      ))}
      {/[1-9]/.test(totals.carried) && (
        <tr>
          <th scope="row" colSpan={columns} className="right">
            Carried to the next invoice
          </th>
          <td className="right">
            <Billed amount={totals.carried} currency={currency} />
          </td>
        </tr>
      )}
      <tr className="due">
        <th scope="row" colSpan={columns} className="right">
          Due{dueAt === null ? '' : ` by ${dateOnly(dueAt, period.zone)} (${period.zone})`}
        </th>
        <td className="right">
          <Billed amount={totals.due} currency={currency} />
        </td>
      </tr>
    </tfoot>
  );
}

function lessOf(amount: string): string {
  return amount.startsWith('-') || !/[1-9]/.test(amount) ? amount : `-${amount}`;
}

function None() {
  return <span className="dim">–</span>;
}
