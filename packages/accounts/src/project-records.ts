// The rows of the projects.

import type { AccountRecords, Project } from './accounts.ts';
import type { Query } from './postgres-query.ts';
import { toTime } from './time-column.ts';

interface ProjectRow {
  readonly id: string;
  readonly customer_id: string;
  readonly name: string;
  readonly created_at: Date;
}

const COLUMNS = 'id, customer_id, name, created_at';

type ProjectRecords = Pick<
  AccountRecords,
  'createProject' | 'project' | 'lockProject' | 'renameProject' | 'deleteProject' | 'projects'
>;

export function projectRecords(query: Query): ProjectRecords {
  const projectWhere = async (condition: string, id: string): Promise<Project | null> => {
    const [row] = await query<ProjectRow>(`SELECT ${COLUMNS} FROM projects WHERE ${condition}`, [id]);
    return row === undefined ? null : toProject(row);
  };
  return {
    async createProject({ id, customerId, name, createdAtMs }) {
      await query(`INSERT INTO projects (${COLUMNS}) VALUES ($1, $2, $3, $4)`, [
        id,
        customerId,
        name,
        new Date(createdAtMs),
      ]);
    },
    project: (id) => projectWhere('id = $1 AND deleted_at IS NULL', id),
    lockProject: (id) => projectWhere('id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE', id),
    async renameProject(id, name) {
      await query('UPDATE projects SET name = $2 WHERE id = $1', [id, name]);
    },
    async deleteProject(id, deletedAtMs) {
      await query('UPDATE projects SET deleted_at = $2 WHERE id = $1', [id, toTime(deletedAtMs)]);
    },
    async projects({ limit, after, customerId }) {
      const rows = await query<ProjectRow>(
        `SELECT ${COLUMNS} FROM projects
         WHERE id > $1 AND ($3::text IS NULL OR customer_id = $3) AND deleted_at IS NULL ORDER BY id LIMIT $2`,
        [after ?? '', limit, customerId ?? null],
      );
      return rows.map(toProject);
    },
  };
}

function toProject(row: ProjectRow): Project {
  return { id: row.id, customerId: row.customer_id, name: row.name, createdAtMs: row.created_at.getTime() };
}
