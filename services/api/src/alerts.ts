// `GET /v1/alerts`: unusual use of API keys.

import type { Alert } from '@tollgate/accounts';
import {
  formatTimestamp,
  HABIT_AGE_MIN_MS,
  HABIT_REQUESTS_MIN,
  JUMP_FACTOR,
  JUMP_REQUESTS_MIN,
  NETWORKS_MAX,
  NETWORKS_WITHIN_MS,
  UNUSUAL_USE_RULES,
} from '@tollgate/domain';
import Type from 'typebox';
import { CustomerId } from './customers.ts';
import { asJson } from './json-text.ts';
import { KeyId } from './key-json.ts';
import { defineRoute, json, type Route } from './route.ts';
import { idOf, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from './schemas.ts';
import { customerInQuestion } from './tenancy.ts';

const RULES = `A network is the /24 of a v4 address or the /48 of a v6 address. \`new_network\`: a key that was first used at least ${HABIT_AGE_MIN_MS / 86_400_000} days ago and has made ${HABIT_REQUESTS_MIN} requests is used from a network that it was not used from in 90 days; once an hour. \`jump\`: in this hour of the clock, at least ${JUMP_REQUESTS_MIN} requests and more than ${JUMP_FACTOR} times those of the busiest hour of the 7 days before, from a day after its first use on; once an hour. \`many_networks\`: more than ${NETWORKS_MAX} networks within ${NETWORKS_WITHIN_MS / 60_000} minutes; once an hour. \`old_secret\`: a secret was used after a rotation put another in its place; once for each secret. \`retired_secret\`: a secret whose grace has ended was tried; once a day.`;

const AlertSchema = Type.Object({
  id: idOf('alr', 'an alert'),
  key: KeyId,
  customer: orNull(CustomerId),
  rule: Type.Enum([...UNUSUAL_USE_RULES]),
  window: Type.String({ description: 'What the alert is about once: an hour, a day, or a secret.' }),
  facts: Type.Record(Type.String(), Type.Unknown()),
  detail: Type.String({ description: 'What was found, as a sentence.' }),
  created_at: Timestamp,
});

export function alertRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/alerts',
      operationId: 'listAlerts',
      tag: 'API keys',
      summary: 'List unusual use of API keys',
      description: `The newest first, some seconds after the use. ${RULES}`,
      scope: 'keys:read',
      query: Type.Object(
        {
          ...pageQuery,
          customer: Type.Optional(CustomerId),
          key: Type.Optional(KeyId),
          rule: Type.Optional(Type.Enum([...UNUSUAL_USE_RULES])),
        },
        { additionalProperties: false },
      ),
      success: { status: 200, schema: pageOf(AlertSchema) },
      errors: ['customer_mismatch'],
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.alerts({
          ...request,
          ...(customerId === undefined ? {} : { customerId }),
          ...(query.key === undefined ? {} : { keyId: query.key }),
          ...(query.rule === undefined ? {} : { rule: query.rule }),
        });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(toJson), next_cursor: nextCursor });
      },
    }),
  ];
}

function toJson({ id, keyId, customerId, rule, window, facts, detail, createdAtMs }: Alert) {
  return {
    id,
    key: keyId,
    customer: customerId,
    rule,
    window,
    facts: asJson(facts),
    detail,
    created_at: formatTimestamp(createdAtMs),
  };
}
