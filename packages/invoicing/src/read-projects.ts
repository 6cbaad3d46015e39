// What the projects are called that an invoice names: as they are called when it is made.

import type { Project } from '@tollgate/accounts';
import type { PeriodInParts } from '@tollgate/domain';
import type { Records } from './parts.ts';

const PAGE = 500;

/** By id. */
export async function readProjects(
  records: Pick<Records, 'projects'>,
  { customerId, current }: { readonly customerId: string; readonly current: PeriodInParts },
): Promise<readonly Pick<Project, 'id' | 'name'>[]> {
  const used = new Set(current.parts.flatMap(({ use }) => use.map(({ projectId }) => projectId)));
  used.delete(null);
  const found: Project[] = [];
  let after: string | undefined;
  while (found.length < used.size) {
    const page = await records.projects({ customerId, limit: PAGE, ...(after === undefined ? {} : { after }) });
    found.push(...page.filter(({ id }) => used.has(id)));
    if (page.length < PAGE) break;
    after = page.at(-1)?.id;
  }
  return found.map(({ id, name }) => ({ id, name })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
