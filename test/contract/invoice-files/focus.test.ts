// The FOCUS files against the rules of FOCUS 1.2, each as the one who takes it reads it: a CSV and a Parquet file in DuckDB.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CanonicalInvoice } from '@tollgate/domain';
import { INVOICE_FORMATS } from '@tollgate/invoice-files';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyInvoice } from '../../support/any-invoice.ts';
import { checkFocus } from '../../support/focus/check-focus.ts';
import { openFocusFile } from '../../support/focus/focus-file.ts';
import { DEVIATIONS } from '../../support/focus/judged-rules.ts';

const INVOICES: readonly CanonicalInvoice[] = fc
  .sample(anyInvoice, { seed: 12, numRuns: 40 })
  .map((invoice, index) => ({ ...invoice, id: `inv_${index}` }));

const folder = mkdtempSync(join(tmpdir(), 'tollgate-focus-'));
const pathOf = (kind: 'csv' | 'parquet'): string => join(folder, `focus.${kind}`);

beforeAll(async () => {
  for (const format of [INVOICE_FORMATS.focus_csv, INVOICE_FORMATS.focus_parquet]) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of format.write(allOf(INVOICES))) chunks.push(chunk);
    writeFileSync(join(folder, `focus.${format.extension}`), Buffer.concat(chunks));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function* allOf(invoices: readonly CanonicalInvoice[]): AsyncGenerator<CanonicalInvoice, void> {
  yield* invoices;
}

describe.each(['csv', 'parquet'] as const)('as %s', (kind) => {
  it('keeps all rules that apply', async () => {
    using file = await openFocusFile(pathOf(kind));
    const { kept, broken, notApplicable, forPeople } = await checkFocus(file);
    process.stdout.write(
      [
        `FOCUS 1.2 as ${kind}: ${kept.length} rules kept, ${notApplicable.length} do not apply, ${forPeople.length} are for people.`,
        ...Object.entries(DEVIATIONS).map(([id, { why }]) => `${id} by its text: ${why}.`),
        `Do not apply: ${notApplicable.join(' ')}\nFor people: ${forPeople.join(' ')}\n`,
      ].join('\n'),
    );
    expect(broken).toEqual([]);
    expect(kept.length).toBeGreaterThan(150);
  });

  it('bills what is payable, by invoice', async () => {
    using file = await openFocusFile(pathOf(kind));
    const billed = await file.rows(
      'SELECT "InvoiceId" AS id, sum("BilledCost")::DECIMAL(38, 3)::VARCHAR AS sum FROM focus GROUP BY 1',
    );
    const sums = new Map(billed.map(({ id, sum }) => [id, sum]));
    const expected = await file.rows(
      INVOICES.filter(({ id }) => sums.has(id))
        .map(
          ({ id, totals }) =>
            `SELECT '${id}' AS id, (${totals.due}::DECIMAL(38, 3) - ${totals.carried}::DECIMAL(38, 3))::VARCHAR AS sum`,
        )
        .join(' UNION ALL '),
    );
    expect(expected.length).toBeGreaterThan(30);
    for (const { id, sum } of expected) expect(sums.get(id), String(id)).toBe(sum);
  });
});

it('says the same in both files', async () => {
  using csv = await openFocusFile(pathOf('csv'));
  await csv.connection.run(`CREATE VIEW other AS FROM read_parquet('${pathOf('parquet')}')`);
  // Only a CSV guards text that a spreadsheet would take for a formula.
  const plain = `SELECT * REPLACE (regexp_replace("BillingAccountName", '^''', '') AS "BillingAccountName", regexp_replace("ChargeDescription", '^''', '') AS "ChargeDescription", regexp_replace("x_ModelName", '^''', '') AS "x_ModelName") FROM focus`;
  expect(await csv.rows(`(${plain}) EXCEPT ALL FROM other`)).toEqual([]);
  expect(await csv.rows(`FROM other EXCEPT ALL (${plain})`)).toEqual([]);
});

/** What is done to the file, and all the rules that it breaks by it. */
const CHANGES = [
  {
    updates: [
      `"ListCost" = "ListCost" + 0.000000000000000001 WHERE "ChargeCategory" = 'Usage'`,
      `"ContractedUnitPrice" = "ContractedUnitPrice" + 1 WHERE "ChargeCategory" = 'Purchase'`,
      `"ChargeCategory" = 'Refund' WHERE "ChargeCategory" = 'Credit'`,
      `"PricingUnit" = NULL WHERE "ChargeCategory" = 'Usage'`,
      `"ChargeClass" = 'Mistake' WHERE "ChargeClass" IS NOT NULL`,
      `"ConsumedQuantity" = NULL, "ConsumedUnit" = NULL`,
      `"ServiceSubcategory" = 'Caching'`,
      `"SkuPriceDetails" = '{"x_Class": {"is": "input"}}' WHERE "SkuPriceDetails" IS NOT NULL`,
    ],
    broken: [
      ...['ChargeCategory-C-003-M', 'ChargeClass-C-005-C', 'ConsumedQuantity-C-006-C', 'ContractedUnitPrice-C-011-C'],
      ...['ListCost-C-009-C', 'ListUnitPrice-C-010-C', 'PricingUnit-C-006-C', 'ServiceSubcategory-C-004-M'],
      'SkuPriceDetails-C-001-M',
    ],
  },
  {
    updates: [
      `"PricingUnit" = '1,000 tokens' WHERE "ChargeCategory" = 'Usage'`,
      `"SkuId" = 'vat', "SkuMeter" = 'VAT' WHERE "ChargeCategory" = 'Tax'`,
      `"SkuId" = "SkuId" || "InvoiceId" WHERE "ChargeCategory" = 'Usage'`,
      `"ChargeFrequency" = 'Usage-Based'`,
      `"EffectiveCost" = 0 WHERE "ChargeCategory" = 'Credit'`,
      `"SubAccountName" = NULL`,
      `"ProviderName" = NULL`,
      `"BillingCurrency" = '$'`,
    ],
    broken: [
      ...['BilledCost-C-005-C', 'BillingCurrency-C-003-M', 'BillingCurrency-C-006-M', 'ChargeFrequency-C-004-C'],
      ...['EffectiveCost-C-010-C', 'PricingUnit-C-003-O', 'ProviderName-C-003-M', 'SkuId-C-004-C'],
      ...['SkuPriceId-C-008-M', 'SubAccountName-C-005-C'],
    ],
  },
] as const;

describe.each(['csv', 'parquet'] as const)('a changed %s', (kind) => {
  it.each(CHANGES.map(({ broken, updates }, index) => ({ index, broken, updates })))(
    'breaks the rules that it should, and no others: $index',
    async ({ index, broken, updates }) => {
      const path = join(folder, `changed-${index}.${kind}`);
      using original = await openFocusFile(pathOf('parquet'));
      for (const update of updates) await original.connection.run(`UPDATE focus SET ${update}`);
      await original.connection.run(`COPY (${kind === 'csv' ? AS_TEXT : 'FROM focus'}) TO '${path}'`);
      using changed = await openFocusFile(path);
      const report = await checkFocus(changed);
      expect(report.broken.toSorted()).toEqual([...broken].toSorted());
    },
  );

  it('breaks the rules about columns that are gone or of another type', async () => {
    const path = join(folder, `columns.${kind}`);
    using original = await openFocusFile(pathOf('parquet'));
    const select = `SELECT * EXCLUDE ("ServiceName") REPLACE ('12 %' AS "BilledCost", 'today' AS "ChargePeriodEnd") FROM focus`;
    await original.connection.run(`COPY (${select}) TO '${path}'`);
    using changed = await openFocusFile(path);
    const { broken } = await checkFocus(changed);
    expect(broken).toEqual(
      expect.arrayContaining([
        ...['CostAndUsage-D-041-M', 'BilledCost-C-001-M', 'BilledCost-C-002-M', 'ChargePeriodEnd-C-001-M'],
      ]),
    );
  });
});

const AS_TEXT = `SELECT * REPLACE (${['BillingPeriodStart', 'BillingPeriodEnd', 'ChargePeriodStart', 'ChargePeriodEnd']
  .map((name) => `strftime("${name}", '%Y-%m-%dT%H:%M:%SZ') AS "${name}"`)
  .join(', ')}) FROM focus`;
