// The rows of plans and their versions.

import { type PlanTermsJson, planTermsJson, storedPlanTerms } from '@tollgate/domain';
import type { BillingTermRecords, PlanVersion, StoredPlan } from './billing-terms.ts';
import type { Query } from './postgres-query.ts';
import { fromTime, toTime } from './time-column.ts';

interface PlanRow {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly archived_at: Date | null;
  readonly created_at: Date;
  readonly latest_version: number;
}

interface VersionRow {
  readonly plan_id: string;
  readonly version: number;
  readonly terms: PlanTermsJson;
  readonly currency: string;
  readonly created_at: Date;
  readonly created_by: string;
}

const SELECT = `
  SELECT p.*, (SELECT max(version) FROM plan_versions v WHERE v.plan_id = p.id) AS latest_version FROM plans p`;

const INSERT_VERSION = `
  INSERT INTO plan_versions (plan_id, version, terms, created_at, created_by) VALUES ($1, $2, $3, $4, $5)`;

const SELECT_VERSIONS = 'SELECT v.*, p.currency FROM plan_versions v JOIN plans p ON p.id = v.plan_id';

type PlanRecords = Pick<
  BillingTermRecords,
  'createPlan' | 'addPlanVersion' | 'lockPlan' | 'plan' | 'plans' | 'archivePlan' | 'planVersion' | 'planVersions'
>;

export function planRecords(query: Query): PlanRecords {
  const plan = async (id: string): Promise<StoredPlan | null> => {
    const [row] = await query<PlanRow>(`${SELECT} WHERE p.id = $1`, [id]);
    return row === undefined ? null : toPlan(row);
  };
  const insertVersion = async (version: PlanVersion, currency: string): Promise<void> => {
    const { planId, terms, createdAtMs, createdBy } = version;
    const text = JSON.stringify(planTermsJson(terms, currency));
    await query(INSERT_VERSION, [planId, version.version, text, toTime(createdAtMs), createdBy]);
  };
  return {
    async createPlan({ id, name, currency, archivedAtMs, createdAtMs }, first) {
      const values = [id, name, currency, toTime(archivedAtMs), toTime(createdAtMs)];
      await query(
        'INSERT INTO plans (id, name, currency, archived_at, created_at) VALUES ($1, $2, $3, $4, $5)',
        values,
      );
      await insertVersion(first, currency);
    },
    async addPlanVersion(version) {
      const found = await plan(version.planId);
      if (found === null) throw new Error('a version of a plan that is not there');
      await insertVersion(version, found.currency);
    },
    async lockPlan(id) {
      // Read after the lock is had: a version that was added meanwhile lies in another table.
      await query('SELECT 1 FROM plans WHERE id = $1 FOR NO KEY UPDATE', [id]);
      return await plan(id);
    },
    plan,
    async plans({ limit, after }) {
      const rows = await query<PlanRow>(`${SELECT} WHERE p.id > $1 ORDER BY p.id LIMIT $2`, [after ?? '', limit]);
      return rows.map(toPlan);
    },
    async archivePlan(id, atMs) {
      await query('UPDATE plans SET archived_at = $2 WHERE id = $1 AND archived_at IS NULL', [id, toTime(atMs)]);
    },
    async planVersion(planId, version) {
      const text = `${SELECT_VERSIONS} WHERE v.plan_id = $1 AND v.version = $2`;
      const [row] = await query<VersionRow>(text, [planId, version]);
      return row === undefined ? null : toVersion(row);
    },
    async planVersions(planId, { limit, before }) {
      const text = `${SELECT_VERSIONS} WHERE v.plan_id = $1 AND ($2::integer IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3`;
      return (await query<VersionRow>(text, [planId, before ?? null, limit])).map(toVersion);
    },
  };
}

function toPlan(row: PlanRow): StoredPlan {
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    latestVersion: row.latest_version,
    archivedAtMs: fromTime(row.archived_at),
    createdAtMs: row.created_at.getTime(),
  };
}

function toVersion(row: VersionRow): PlanVersion {
  return {
    planId: row.plan_id,
    version: row.version,
    terms: storedPlanTerms(row.terms, row.currency),
    createdAtMs: row.created_at.getTime(),
    createdBy: row.created_by,
  };
}
