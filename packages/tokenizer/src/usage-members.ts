// Reads the members of a usage object strictly, and remembers which were read: what is left over is unknown to the rule
// and is flagged, since a provider's new kind of token would otherwise be lost without a trace.

import { isGiven, isObject, type JsonObject } from './unknown-json.ts';

/** Why a usage object is not counted. `code` is the dead letter's. */
export class UsageRefused extends Error {
  override readonly name = 'UsageRefused';
  readonly code: 'unknown_usage_shape' | 'invalid_usage';

  constructor(code: UsageRefused['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

export function invalidUsage(detail: string): UsageRefused {
  return new UsageRefused('invalid_usage', detail);
}

/** Thousands of times what the largest context holds: more is a mistake, or milliseconds in the place of tokens. */
const TOKENS_MAX = 10_000_000_000;

const UNKNOWN_MAX = 20;

const never = (): boolean => false;

/**
 * Every member is found by its name in snake_case and, since some APIs and many SDKs write so, in camelCase: `cached_tokens`
 * is also `cachedTokens`.
 */
export class UsageMembers {
  private readonly object: JsonObject;
  private readonly path: string;
  /** As many as the rule asks for: a few, for which a list is cheaper than a set. */
  private readonly read: string[] = [];
  private children: Map<unknown, UsageMembers> | undefined;
  private isIgnored: (name: string) => boolean = never;

  constructor(object: JsonObject, path = '') {
    this.object = object;
    this.path = path;
  }

  /** The count under any of the names, which have to agree; undefined when all are absent or null: absent is not zero. */
  count(...names: readonly string[]): bigint | undefined {
    let found: bigint | undefined;
    let foundAt = '';
    for (const name of names) {
      for (const spelling of spellingsOf(name)) {
        const value = this.take(spelling);
        if (value === undefined) continue;
        const count = this.countOf(spelling, value);
        if (found !== undefined && found !== count) {
          throw invalidUsage(`${this.path}${foundAt} is ${found}, but ${this.path}${spelling} is ${count}.`);
        }
        found = count;
        foundAt = spelling;
      }
    }
    return found;
  }

  /** The members of the first object that is given under one of the names; of none when none is. */
  members(...names: readonly string[]): UsageMembers {
    for (const name of names) {
      for (const spelling of spellingsOf(name)) {
        const value = this.take(spelling);
        if (value !== undefined) return this.child(spelling, value);
      }
    }
    return NO_MEMBERS;
  }

  /** The objects of a list. */
  list(...names: readonly string[]): readonly UsageMembers[] {
    for (const name of names) {
      for (const spelling of spellingsOf(name)) {
        const list = this.take(spelling);
        if (list === undefined) continue;
        if (!Array.isArray(list)) throw invalidUsage(`${this.path}${spelling} must be a list.`);
        return list.map((item: unknown) => this.child(spelling, item));
      }
    }
    return [];
  }

  /** Empty when absent or no text. */
  text(name: string): string {
    for (const spelling of spellingsOf(name)) {
      const value = this.take(spelling);
      if (typeof value === 'string') return value;
    }
    return '';
  }

  /** For members that say nothing of what is billed. */
  ignore(names: readonly string[]): void {
    for (const name of names) {
      for (const spelling of spellingsOf(name)) this.take(spelling);
    }
  }

  /** For objects among whose members only some are about usage. */
  ignoreAllBut(prefixes: readonly string[]): void {
    this.isIgnored = (name) => !prefixes.some((prefix) => name.startsWith(prefix));
  }

  /** Paths of members that say something and that no one asked for; the first of them, where they are many. */
  unknown(): readonly string[] {
    const unknown: string[] = [];
    for (const name of Object.keys(this.object)) {
      if (this.read.includes(name) || this.isIgnored(name) || !saysSomething(this.object[name])) continue;
      unknown.push(`${this.path}${name}`);
      if (unknown.length >= UNKNOWN_MAX) return unknown;
    }
    for (const child of this.children?.values() ?? []) {
      unknown.push(...child.unknown());
      if (unknown.length >= UNKNOWN_MAX) return unknown;
    }
    return unknown;
  }

  /** The value, noted as read; undefined for one that says nothing. */
  private take(name: string): unknown {
    const value = this.object[name];
    if (value === undefined) return undefined;
    this.read.push(name);
    return isGiven(value) ? value : undefined;
  }

  private child(name: string, value: unknown): UsageMembers {
    if (!isObject(value)) throw invalidUsage(`${this.path}${name} must hold objects.`);
    this.children ??= new Map();
    const child = this.children.get(value) ?? new UsageMembers(value, `${this.path}${name}.`);
    this.children.set(value, child);
    return child;
  }

  private countOf(name: string, value: unknown): bigint {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw invalidUsage(`${this.path}${name} must be a whole number that is not negative.`);
    }
    if (value > TOKENS_MAX) throw invalidUsage(`${this.path}${name} is ${value}, more than any request can use.`);
    return BigInt(value);
  }
}

const NO_MEMBERS = new UsageMembers({});

export function hasMember(object: JsonObject, name: string): boolean {
  for (const spelling of spellingsOf(name)) {
    if (isGiven(object[spelling])) return true;
  }
  return false;
}

/** Only names in our own code get in. */
const SPELLINGS = new Map<string, readonly string[]>();

function spellingsOf(name: string): readonly string[] {
  let spellings = SPELLINGS.get(name);
  if (spellings === undefined) {
    const camelCase = name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    spellings = camelCase === name ? [name] : [name, camelCase];
    SPELLINGS.set(name, spellings);
  }
  return spellings;
}

/** Providers write null, empty lists and empty objects for "none". */
function saysSomething(value: unknown): boolean {
  return isGiven(value) && !(isObject(value) && Object.keys(value).length === 0);
}
