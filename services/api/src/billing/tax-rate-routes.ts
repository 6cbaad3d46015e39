// Rates of tax. They never change: another percentage is another rate, and old invoices name the one they were made with.

import type { StoredTaxRate } from '@tollgate/accounts';
import { compare, exact, exactText, formatTimestamp, parseExact } from '@tollgate/domain';
import Type from 'typebox';
import { defineRoute, json, NOTHING, type Route } from '../route.ts';
import { Decimal, idOf, Name, orNull, pageOf, pageQuery, pageRequest, Timestamp, toPage } from '../schemas.ts';
import { notFound } from '../tenancy.ts';
import type { BillingTermOptions } from './billing-term-routes.ts';
import { invalid } from './invalid.ts';
import { mustBeOperator } from './operator-only.ts';
import { recordTermAct } from './record-term-act.ts';

export const TaxRateId = idOf('txr', 'a tax rate');
const Percent = { ...Decimal, maxLength: 40, description: 'Hundredths, exact: `"19"` is 19 %.', examples: ['19'] };
const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1, for people.' });

const NewTaxRate = Type.Object(
  { name: Name, percent: Percent, country: Type.Optional(orNull(Country)) },
  { additionalProperties: false },
);
const TaxRateSchema = Type.Object({
  id: TaxRateId,
  name: Name,
  percent: Percent,
  country: orNull(Country),
  archived_at: orNull(Timestamp),
  created_at: Timestamp,
});

export function taxRateRoutes({ clock, newId }: BillingTermOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/tax-rates',
      operationId: 'createTaxRate',
      tag: 'Taxes',
      summary: 'Create a tax rate',
      description: 'It is applied to the customers whose billing names it. The name is what invoices call it: `VAT`.',
      scope: 'billing:write',
      body: NewTaxRate,
      success: { status: 201, schema: TaxRateSchema },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const { name, percent: text, country = null } = call.body;
        const percent = parseExact(text);
        if (percent === undefined || percent.value < 0n || compare(percent, exact(100n)) > 0) {
          throw invalid('/percent', 'must be between 0 and 100.');
        }
        const rate = { id: newId('txr'), name, percent, country, archivedAtMs: null, createdAtMs: clock.now() };
        await call.records.createTaxRate(rate);
        const after = taxRateJson(rate);
        await recordTermAct(call, { action: 'tax_rate.created', customerId: null, id: rate.id, before: null, after });
        return json(201, after);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/tax-rates',
      operationId: 'listTaxRates',
      tag: 'Taxes',
      summary: 'List tax rates',
      description: 'The oldest first, the archived ones too.',
      scope: 'billing:read',
      query: Type.Object(pageQuery, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(TaxRateSchema) },
      async handle({ query, records }) {
        const { limit, request } = pageRequest(query);
        const { rows, nextCursor } = toPage(await records.taxRates(request), limit);
        return json(200, { data: rows.map(taxRateJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/tax-rates/{id}',
      operationId: 'archiveTaxRate',
      tag: 'Taxes',
      summary: 'Archive a tax rate',
      description: 'No further customer can have it; those that do keep it.',
      scope: 'billing:write',
      success: { status: 204, schema: Type.Null() },
      errors: ['customer_mismatch'],
      async handle(call) {
        mustBeOperator(call);
        const [rate] = await call.records.taxRatesById([call.params['id'] ?? '']);
        if (rate === undefined) throw notFound();
        if (rate.archivedAtMs !== null) return NOTHING;
        const archivedAtMs = clock.now();
        await call.records.archiveTaxRate(rate.id, archivedAtMs);
        await recordTermAct(call, {
          ...{ action: 'tax_rate.archived', customerId: null, id: rate.id },
          ...{ before: taxRateJson(rate), after: taxRateJson({ ...rate, archivedAtMs }) },
        });
        return NOTHING;
      },
    }),
  ];
}

function taxRateJson({ id, name, percent, country, archivedAtMs, createdAtMs }: StoredTaxRate) {
  return {
    ...{ id, name, percent: exactText(percent), country },
    archived_at: archivedAtMs === null ? null : formatTimestamp(archivedAtMs),
    created_at: formatTimestamp(createdAtMs),
  };
}
