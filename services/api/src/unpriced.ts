// `GET /v1/prices/unpriced`: what was used and has no price yet, so that somebody can write one.

import { formatTimestamp } from '@tollgate/domain';
import type { Clock } from '@tollgate/runtime';
import type { UnpricedGroup, Warehouse } from '@tollgate/warehouse';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import { AsOf, recentPeriodOf, recentPeriodQuery } from './period.ts';
import { defineRoute, json, type Route } from './route.ts';
import { Count, orNull, Timestamp } from './schemas.ts';
import { customerInQuestion } from './tenancy.ts';

const GROUPS_MAX = 1_000;

const UnpricedSchema = Type.Object({
  data: Type.Array(
    Type.Object({
      provider: Type.String(),
      model: Type.String(),
      service_tier: Type.String(),
      region: orNull(Type.String()),
      currency: orNull(Type.String({ description: "The customers'." })),
      reason: Type.String({
        description:
          '`unknown_model`: no price names it. `no_price`: it has prices, none for these classes. `no_price_for_service_tier`, `no_price_in_currency`: only in another. `unknown_service_tier`: no prices are written for it. `unknown_customer`.',
      }),
      classes: Type.Array(Type.String(), { description: 'Without a price.' }),
      events: Count,
      tokens: Count,
      customers: Count,
      first_seen: Timestamp,
      last_seen: Timestamp,
    }),
  ),
  as_of: AsOf,
});

export function unpricedRoutes(options: { readonly warehouse: Warehouse; readonly clock: Clock }): readonly Route[] {
  const { warehouse, clock } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/prices/unpriced',
      operationId: 'listUnpriced',
      tag: 'Prices',
      summary: 'What has no price yet',
      description: `Events of the period without a cost, by what a price would have to name; the ${GROUPS_MAX} largest groups.`,
      scope: 'billing:read',
      query: Type.Object(
        { ...recentPeriodQuery, customer: Type.Optional(CustomerId) },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: UnpricedSchema },
      errors: ['customer_mismatch'],
      async handle({ caller, query }) {
        const customerId = customerInQuestion(caller, query.customer);
        const period = recentPeriodOf(query, clock.now());
        // Before the question, so that the answer is never older than it says.
        const asOfMs = await warehouse.asOf();
        const groups = await warehouse.unpriced({
          ...period,
          ...(customerId === undefined ? {} : { customerId }),
          limit: GROUPS_MAX,
        });
        return json(200, { data: groups.map(toJson), as_of: asOfMs === null ? null : formatTimestamp(asOfMs) });
      },
    }),
  ];
}

function toJson(group: UnpricedGroup) {
  const [reason = '', classes = ''] = group.reason.split(':', 2);
  return {
    provider: group.provider,
    model: group.model,
    service_tier: group.serviceTier,
    region: group.region === '' ? null : group.region,
    currency: group.currency === '' ? null : group.currency,
    reason,
    classes: classes === '' ? [] : classes.split(','),
    events: group.events,
    tokens: group.tokens,
    customers: group.customers,
    first_seen: formatTimestamp(group.firstMs),
    last_seen: formatTimestamp(group.lastMs),
  };
}
