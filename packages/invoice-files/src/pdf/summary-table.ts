// What each project and model came to, before the lines say it one by one.

import { type CanonicalInvoice, formatMinor } from '@tollgate/domain';
import { projectNames } from '../names.ts';
import { grouped } from './figure-text.ts';
import { type ModelTotal, summarizeModels } from './model-summary.ts';
import type { PageRow, PageTable } from './page.ts';
import { plain, wordingOf } from './wording.ts';

/** A summary is to be read at a glance. */
const ROWS_MAX = 30;

/** A part of the invoice: of which project, of what, and how much. */
interface Part {
  readonly project: string | null;
  readonly what: string;
  readonly amountMinor: bigint;
}

/** None where nothing was used. */
export function summaryTable(invoice: CanonicalInvoice): readonly PageTable[] {
  const { currency, totals } = invoice;
  const { models, otherMinor } = summarizeModels(invoice);
  const nameOf = projectNames(invoice);
  if (models.length === 0) return [];
  const parts = partsOf(models);
  const hasProjects = parts.some(({ project }) => project !== null);
  const rowOf = (
    kind: PageRow['kind'],
    cells: { readonly project: string; readonly what: string; readonly amount: string },
  ): PageRow => ({
    kind,
    cells: [...(hasProjects ? [wordingOf(cells.project)] : []), wordingOf(cells.what), plain(grouped(cells.amount))],
  });
  const money = (minor: bigint): string => formatMinor(minor, currency);
  return [
    {
      title: 'Summary',
      columns: [
        ...(hasProjects ? [{ label: 'Project', align: 'left', width: 3 } as const] : []),
        { label: 'Model', align: 'left', width: 4 },
        { label: `Amount (${currency})`, align: 'right', width: 2 },
      ],
      rows: [
        ...parts.map(({ project, what, amountMinor }) =>
          rowOf('row', { project: project === null ? '\u2014' : nameOf(project), what, amount: money(amountMinor) }),
        ),
        ...(otherMinor === 0n
          ? []
          : [rowOf('row', { project: '', what: 'Fees and commitments', amount: money(otherMinor) })]),
        rowOf('sum', { project: '', what: 'Subtotal', amount: totals.subtotal }),
      ],
    },
  ];
}

/** By project and model; by project alone where that is too much to look at; and the least of them together. */
function partsOf(models: readonly ModelTotal[]): readonly Part[] {
  const each = models.map(({ project, model, amountMinor }) => ({ project, what: model, amountMinor }));
  if (each.length <= ROWS_MAX) return each;
  const projects = [...new Set(models.map(({ project }) => project))];
  const parts =
    projects.length === 1
      ? each
      : projects.map((project): Part => {
          const own = models.filter((model) => model.project === project);
          return { project, what: `${own.length} models`, amountMinor: sumOf(own) };
        });
  if (parts.length <= ROWS_MAX) return parts;
  const greatest = parts.toSorted((a, b) =>
    a.amountMinor > b.amountMinor ? -1 : a.amountMinor < b.amountMinor ? 1 : 0,
  );
  const others = greatest.slice(ROWS_MAX - 1);
  return [
    ...greatest.slice(0, ROWS_MAX - 1),
    { project: null, what: `${others.length} others`, amountMinor: sumOf(others) },
  ];
}

function sumOf(parts: readonly { readonly amountMinor: bigint }[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
