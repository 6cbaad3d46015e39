// The currencies that a customer can be billed in, with the digits of their minor units: ISO 4217, list one, of 2026-01-01.
//
// Written out, because `Intl.NumberFormat` follows CLDR, which says how amounts are commonly shown, not what is owed: it has
// no digits for AFN, ALL, COP, HUF, IDR, IRR, KPW, LAK, LBP, MGA, MMK, PKR, RSD, SOS, SYP and YER (ISO: 2) nor for IQD
// (ISO: 3), and which of them depends on the version of Node.js.

/** Currencies with another number of digits than two. Funds, metals and codes for testing are no currencies here. */
const OTHER_DIGITS: readonly (readonly [number, string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const TWO_DIGITS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP ' +
  'COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ' +
  'JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN ' +
  'NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL ' +
  'THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG';

const DIGITS: ReadonlyMap<string, number> = new Map(
  [[2, TWO_DIGITS] as const, ...OTHER_DIGITS].flatMap(([digits, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, digits]),
  ),
);

/** In alphabetical order. */
export const CURRENCIES: readonly string[] = [...DIGITS.keys()].toSorted();

export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}

/** Digits of the minor unit: 2 for cents, 0 for yen. Throws for a code that is not in the list: no guess is right. */
export function minorDigitsOf(currency: string): number {
  const digits = DIGITS.get(currency);
  if (digits === undefined) throw new Error(`${currency} is no currency of ISO 4217`);
  return digits;
}
