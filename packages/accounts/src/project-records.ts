// The rows of the projects.

import type { AccountRecords, Project } from './accounts.ts';
import type { Query } from './postgres-query.ts';

interface ProjectRow {
  readonly id: string;
  readonly customer_id: string;
  readonly name: string;
  readonly created_at: Date;
}

const COLUMNS = 'id, customer_id, name, created_at';

export function projectRecords(query: Query): Pick<AccountRecords, 'createProject' | 'project' | 'projects'> {
  return {
    async createProject({ id, customerId, name, createdAtMs }) {
      await query(`INSERT INTO projects (${COLUMNS}) VALUES ($1, $2, $3, $4)`, [
        id,
        customerId,
        name,
        new Date(createdAtMs),
      ]);
    },
    async project(id) {
      const [row] = await query<ProjectRow>(`SELECT ${COLUMNS} FROM projects WHERE id = $1`, [id]);
      return row === undefined ? null : toProject(row);
    },
    async projects({ limit, after, customerId }) {
      const rows = await query<ProjectRow>(
        `SELECT ${COLUMNS} FROM projects WHERE id > $1 AND ($3::text IS NULL OR customer_id = $3) ORDER BY id LIMIT $2`,
        [after ?? '', limit, customerId ?? null],
      );
      return rows.map(toProject);
    },
  };
}

function toProject(row: ProjectRow): Project {
  return { id: row.id, customerId: row.customer_id, name: row.name, createdAtMs: row.created_at.getTime() };
}
