// Finds the versions of prices or mark-ups that may concern a model, without looking at all of them.

import type { Markup, Price } from './price.ts';
import { ANY, closenessOf, type ModelNames } from './priced-model.ts';

export interface VersionIndex<Version> {
  add(versions: readonly Version[]): void;
  /** Whether the customer has versions of its own. */
  has(customerId: string): boolean;
  /** Those of all customers and of this one that fit the model. */
  find(customerId: string, names: ModelNames): readonly Version[];
}

/** The scope of what is not one customer's. No customer has this id. */
export const ALL_CUSTOMERS = '';

export function createVersionIndex<Version extends Price | Markup>(): VersionIndex<Version> {
  const scopes = new Map<string, Scope<Version>>();
  const findIn = (scope: Scope<Version> | undefined, names: ModelNames): readonly Version[] => {
    if (scope === undefined) return [];
    const named = [...new Set([names.name, names.undated])].flatMap((name) => scope.named.get(name) ?? []);
    const patterns = [...scope.patterns].flatMap(([pattern, versions]) =>
      closenessOf(pattern, names) === null ? [] : versions,
    );
    return [...named, ...patterns];
  };
  return {
    add(versions) {
      for (const version of versions) {
        const id = version.customerId ?? ALL_CUSTOMERS;
        const scope = scopes.get(id) ?? { named: new Map(), patterns: new Map() };
        scopes.set(id, scope);
        const model = version.model.toLowerCase();
        const group = model.endsWith(ANY) ? scope.patterns : scope.named;
        const sameModel = group.get(model);
        if (sameModel === undefined) group.set(model, [version]);
        else sameModel.push(version);
      }
    },
    has: (customerId) => scopes.has(customerId),
    find(customerId, names) {
      const ofAll = findIn(scopes.get(ALL_CUSTOMERS), names);
      return customerId === ALL_CUSTOMERS ? ofAll : [...ofAll, ...findIn(scopes.get(customerId), names)];
    },
  };
}

interface Scope<Version> {
  /** By the model in lower case. */
  readonly named: Map<string, Version[]>;
  /** By the pattern in lower case. */
  readonly patterns: Map<string, Version[]>;
}
