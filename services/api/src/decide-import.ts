// Which rows of an import are new: a row that says what is there already makes nothing, so that a file can be imported again.

import type { NewPrice } from '@tollgate/accounts';
import { type Price, priceKeyOf } from '@tollgate/domain';

/** Of the versions that begin together under one key only the last that was made is ever in force. */
export function standing<Version extends Price>(versions: readonly Version[]): readonly Version[] {
  const last = new Map<string, Version>();
  for (const version of versions) {
    const place = placeOf(version);
    const other = last.get(place);
    if (other === undefined || isMadeAfter(version, other)) last.set(place, version);
  }
  return [...last.values()];
}

export function decideImport(
  existing: readonly Price[],
  wanted: readonly NewPrice[],
): { readonly create: readonly NewPrice[]; readonly unchanged: number } {
  const there = new Map(standing(existing).map((price) => [placeOf(price), price]));
  const create = wanted.filter((price) => {
    const same = there.get(placeOf(price));
    return same?.amountMicros !== price.amountMicros || same.effectiveToMs !== price.effectiveToMs;
  });
  return { create, unchanged: wanted.length - create.length };
}

/** The key and the beginning: what one row of a file says once. */
export function placeOf(price: NewPrice): string {
  return `${priceKeyOf({ ...price, knownFromMs: 0 })} ${price.effectiveFromMs}`;
}

function isMadeAfter(version: Price, other: Price): boolean {
  if (version.knownFromMs !== other.knownFromMs) return version.knownFromMs > other.knownFromMs;
  return version.id > other.id;
}
