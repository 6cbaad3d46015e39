// A table of rows that come in pages: its place is kept while they come, and says what to do where there are none.

import { Button, Group, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

export interface Column<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined: not known yet. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly empty: ReactNode;
  /** Absent: there is no further page. */
  readonly onMore?: (() => void) | undefined;
  readonly isLoadingMore?: boolean;
}

const PENDING_ROWS = ['a', 'b', 'c', 'd', 'e', 'f'];

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, keyOf, error, onRetry, empty, onMore, isLoadingMore } = props;
  if (error !== null && error !== undefined) return <ProblemAlert error={error} onRetry={onRetry} />;
  if (rows?.length === 0) return <section className="panel">{empty}</section>;
  return (
    <section className="panel panel-flush" aria-label={label} aria-busy={rows === undefined}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <section className="table-scroll" tabIndex={0} aria-label={`Table: ${label}`}>
        <table className="data-table">
          <thead>
            <tr>
              {columns.map(({ name, isNumber }) => (
                <th key={name} scope="col" className={isNumber === true ? 'right' : undefined}>
                  {name === '' ? <span className="visually-hidden">Actions</span> : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows === undefined
              ? PENDING_ROWS.map((key) => (
                  <tr key={key}>
                    <td colSpan={columns.length}>
                      <Skeleton h={20} />
                    </td>
                  </tr>
                ))
              : rows.map((row) => (
                  <tr key={keyOf(row)} data-row={keyOf(row)}>
                    {columns.map(({ name, isNumber, cell }) => (
                      <td key={name} className={isNumber === true ? 'right' : undefined}>
                        {cell(row)}
                      </td>
                    ))}
                  </tr>
                ))}
          </tbody>
        </table>
      </section>
      {onMore !== undefined && (
        <Group justify="center" p="sm">
          <Button variant="default" size="xs" onClick={onMore} loading={isLoadingMore === true}>
            More
          </Button>
        </Group>
      )}
    </section>
  );
}
