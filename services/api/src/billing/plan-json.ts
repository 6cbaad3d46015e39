// Plans as the API takes and shows them. Their terms have one codec, in the domain.

import type { PlanVersion, StoredPlan } from '@tollgate/accounts';
import { formatTimestamp, PlanTermsSchema, planTermsJson } from '@tollgate/domain';
import Type from 'typebox';
import { idOf, Name, orNull, Timestamp } from '../schemas.ts';

export const PlanId = idOf('pln', 'a plan');
export const VersionNumber = Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Of the plan, from 1.' });
const Currency = Type.String({ format: 'iso-currency' });
const terms = PlanTermsSchema.properties;

export const NewPlan = Type.Object(
  {
    name: Name,
    currency: Type.Optional({ ...Currency, description: "ISO 4217. Absent: the organization's." }),
    ...terms,
  },
  { additionalProperties: false },
);

export const PlanSchema = Type.Object({
  id: PlanId,
  name: Name,
  currency: Currency,
  latest_version: VersionNumber,
  archived_at: orNull(Timestamp),
  created_at: Timestamp,
});

export const PlanVersionSchema = Type.Object({
  plan: PlanId,
  version: VersionNumber,
  currency: Currency,
  ...terms,
  created_at: Timestamp,
  created_by: Type.String({ description: 'The API key.' }),
});

export function planJson({ id, name, currency, latestVersion, archivedAtMs, createdAtMs }: StoredPlan) {
  return {
    ...{ id, name, currency, latest_version: latestVersion },
    archived_at: archivedAtMs === null ? null : formatTimestamp(archivedAtMs),
    created_at: formatTimestamp(createdAtMs),
  };
}

export function planVersionJson({ planId, version, terms, createdAtMs, createdBy }: PlanVersion, currency: string) {
  return {
    ...{ plan: planId, version, currency },
    ...planTermsJson(terms, currency),
    created_at: formatTimestamp(createdAtMs),
    created_by: createdBy,
  };
}
