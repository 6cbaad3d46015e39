// The organization: the operator, the seller on the invoice.

import { formatTimestamp } from '@tollgate/domain';
import Type from 'typebox';
import { defineRoute, json, type Route } from './route.ts';
import { idOf, Timestamp } from './schemas.ts';
import { notFound } from './tenancy.ts';

const OrganizationSchema = Type.Object({
  id: idOf('org', 'the organization'),
  name: Type.String(),
  currency: Type.String({ description: 'ISO 4217.' }),
  zone: Type.String({ description: 'IANA time zone.' }),
  created_at: Timestamp,
});

export function organizationRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/organization',
      operationId: 'getOrganization',
      tag: 'Organization',
      summary: 'Get the organization',
      description: 'Any key with `usage:read` may see who bills it.',
      scope: 'usage:read',
      success: { status: 200, schema: OrganizationSchema },
      async handle({ records }) {
        const organization = await records.organization();
        if (organization === null) throw notFound();
        const { id, name, currency, zone, createdAtMs } = organization;
        return json(200, { id, name, currency, zone, created_at: formatTimestamp(createdAtMs) });
      },
    }),
  ];
}
