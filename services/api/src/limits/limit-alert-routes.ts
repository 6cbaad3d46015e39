// `GET /v1/limits/{id}/alerts`: what a limit has told.

import type { LimitAlert, LimitAlertPlace } from '@tollgate/accounts';
import { formatTimestamp, type LimitMetric, TollgateError } from '@tollgate/domain';
import Type from 'typebox';
import { defineRoute, json, type Route } from '../route.ts';
import { Count, orNull, pageOf, pageQuery, pageRequest, Timestamp } from '../schemas.ts';
import { seenLimit } from './limit-access.ts';
import { Amount, amountJson } from './limit-json.ts';

const KINDS = ['threshold', 'projected', 'resolved'] as const satisfies readonly LimitAlert['kind'][];

const AlertSchema = Type.Object({
  kind: Type.Enum([...KINDS], {
    description:
      '`threshold`: so much of the amount was used; `projected`: at its pace it would pass the amount; `resolved`: it is no longer used up.',
  }),
  threshold: Count,
  window_start: orNull(Timestamp),
  used: Amount,
  amount: Amount,
  created_at: Timestamp,
});

const CURSOR = /^(\d{1,16})\.(\d{1,9})\.(\d{1,16})\.([a-z]{1,16})\.(\d{1,4})$/;

export function limitAlertRoutes(): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/limits/{id}/alerts',
      operationId: 'listLimitAlerts',
      tag: 'Limits',
      summary: 'List what a limit has told',
      description:
        'The newest first: each threshold once in a window, and again after the amount or the model was changed or the limit was reset.',
      scope: 'limits:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(AlertSchema) },
      async handle(call) {
        const { query, records } = call;
        const { id, metric } = await seenLimit(call.params['id'], call);
        const { limit, request } = pageRequest(query);
        const after = query.cursor === undefined ? {} : { after: placeOf(query.cursor) };
        const found = await records.limitAlerts({ limitId: id, limit: request.limit, ...after });
        const rows = found.slice(0, limit);
        const last = rows.at(-1);
        return json(200, {
          data: rows.map((alert) => toJson(metric, alert)),
          next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
        });
      },
    }),
  ];
}

function toJson(metric: LimitMetric, { kind, threshold, windowStartMs, used, amount, atMs }: LimitAlert) {
  return {
    kind,
    threshold,
    window_start: windowStartMs === 0 ? null : formatTimestamp(windowStartMs),
    used: amountJson(metric, used),
    amount: amountJson(metric, amount),
    created_at: formatTimestamp(atMs),
  };
}

function cursorOf({ atMs, revision, windowStartMs, kind, threshold }: LimitAlertPlace): string {
  return [atMs, revision, windowStartMs, kind, threshold].join('.');
}

function placeOf(cursor: string): LimitAlertPlace {
  const [, atMs, revision, windowStartMs, named, threshold] = CURSOR.exec(cursor) ?? [];
  const kind = KINDS.find((each) => each === named);
  if (kind === undefined) {
    throw new TollgateError({
      code: 'validation_failed',
      detail: 'The cursor is none that this list gave. See `errors`.',
      errors: [{ pointer: 'cursor', detail: 'must be the `next_cursor` of the page before.' }],
    });
  }
  return {
    atMs: Number(atMs),
    revision: Number(revision),
    windowStartMs: Number(windowStartMs),
    kind,
    threshold: Number(threshold),
  };
}
