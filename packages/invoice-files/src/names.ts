// Projects as an invoice calls them, and documents by their numbers. Where it does not say, the id stands for it.

import type { CanonicalInvoice } from '@tollgate/domain';

type Line = CanonicalInvoice['lines'][number];

export function projectNames({ projects = [] }: Pick<CanonicalInvoice, 'projects'>): (id: string) => string {
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

export function documentNumbers({ numbers = [] }: Pick<CanonicalInvoice, 'numbers'>): (id: string) => string {
  const known = new Map(numbers.map(({ id, number }) => [id, number]));
  return (id) => known.get(id) ?? id;
}

/** Null where a line is for no project, or for several. */
export function projectOfLine({ usage }: Line): string | null {
  const [project = null, ...others] = new Set((usage?.groups ?? []).map((group) => group.project));
  return others.length === 0 ? project : null;
}

/** Lines of several projects can be described alike, so that the project is said too. */
export function describeLine(line: Line, nameOf: (id: string) => string): string {
  const project = projectOfLine(line);
  return project === null ? line.description : `${line.description}, ${nameOf(project)}`;
}
