// The categories of tax of EN 16931 (UNTDID 5305), and what each of them asks for.

import type { CanonicalInvoice, CanonicalParty } from '@tollgate/domain';
import { isZero } from '../amounts.ts';

export interface TaxCategory {
  readonly code: 'S' | 'Z' | 'E' | 'AE' | 'O';
  /** Null where nothing is subject to tax: then there is no rate, not even zero (BR-O-05). */
  readonly percent: string | null;
  /** Why there is no tax (BT-120), and its code (BT-121). */
  readonly reason: string | null;
  readonly reasonCode: 'VATEX-EU-AE' | 'VATEX-EU-O' | null;
}

export function taxCategoryOf({ tax_treatment: treatment, tax_text: text, taxes }: CanonicalInvoice): TaxCategory {
  switch (treatment) {
    case 'taxed': {
      const percent = taxes[0]?.percent ?? '0';
      return { code: isZero(percent) ? 'Z' : 'S', percent, reason: null, reasonCode: null };
    }
    case 'reverse_charge':
      return { code: 'AE', percent: '0', reason: text ?? 'Reverse charge', reasonCode: 'VATEX-EU-AE' };
    case 'exempt':
      return { code: 'E', percent: '0', reason: text ?? 'Exempt from tax', reasonCode: null };
    case 'none':
      return { code: 'O', percent: null, reason: 'Not subject to VAT', reasonCode: 'VATEX-EU-O' };
  }
}

const VAT_KIND = /(?:^|_)(?:vat|mva|oss)(?:_|$)/;

/** The identifier for VAT, which begins with its country (BR-CO-09). */
export function vatIdOf({ tax_ids: ids }: CanonicalParty): string | null {
  const values = ids.filter(({ kind }) => VAT_KIND.test(kind)).map(({ value }) => value.replaceAll(/[\s.-]/g, ''));
  return values.find((value) => /^[A-Z]{2}[0-9A-Z]+$/.test(value)) ?? null;
}

/** What else a party is registered under. */
export function registrationOf(party: CanonicalParty): string | null {
  const vatId = vatIdOf(party);
  return party.tax_ids.map(({ value }) => value).find((value) => value.replaceAll(/[\s.-]/g, '') !== vatId) ?? null;
}
