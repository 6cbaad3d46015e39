// What the pages of prices take from their address.

type Search = Record<string, unknown>;

function textsOf<Name extends string>(search: Search, names: readonly Name[]): Readonly<Partial<Record<Name, string>>> {
  const given: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = search[name];
    if (value !== undefined && value !== null && value !== '') given[name] = String(value);
  }
  return given;
}

const LIST = ['find', 'customer', 'tier'] as const;
export type PriceListSearch = Readonly<Partial<Record<(typeof LIST)[number], string>>>;

export function readPriceListSearch(search: Search): PriceListSearch {
  return textsOf(search, LIST);
}

const MODEL = ['provider', 'model'] as const;

export function readModelSearch(search: Search): { readonly provider: string; readonly model: string } {
  const { provider = '*', model = '*' } = textsOf(search, MODEL);
  return { provider, model };
}

const NEW = ['provider', 'model', 'customer', 'tier', 'currency', 'classes', 'region', 'from'] as const;
export type NewPriceSearch = Readonly<Partial<Record<(typeof NEW)[number], string>>>;

/** `classes`: with commas between. */
export function readNewPriceSearch(search: Search): NewPriceSearch {
  return textsOf(search, NEW);
}

const RERATE = ['provider', 'model', 'start', 'end', 'unpriced', 'reason'] as const;
export type NewRerateSearch = Readonly<Partial<Record<(typeof RERATE)[number], string>>>;

export function readNewRerateSearch(search: Search): NewRerateSearch {
  return textsOf(search, RERATE);
}
