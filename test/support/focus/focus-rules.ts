// The list of rules, and how they hang together: a rule holds under its own condition and those of the rules that ask for it.

import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { Assert } from 'typebox/value';

const Check = Type.Cyclic(
  {
    Check: Type.Object({
      CheckFunction: Type.String(),
      Items: Type.Optional(Type.Array(Type.Ref('Check'))),
      ModelRuleId: Type.Optional(Type.String()),
      ColumnName: Type.Optional(Type.String()),
      CheckCondition: Type.Optional(Type.String()),
      ColumnAName: Type.Optional(Type.String()),
      ColumnBName: Type.Optional(Type.String()),
      ResultColumnName: Type.Optional(Type.String()),
      ExpectedCount: Type.Optional(Type.Integer()),
      Value: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()])),
    }),
  },
  'Check',
);
export type FocusCheck = Static<typeof Check>;

const FocusRule = Type.Object({
  function: Type.String(),
  column: Type.Union([Type.String(), Type.Null()]),
  criteria: Type.Array(Type.String()),
  keyword: Type.String(),
  text: Type.String(),
  requirement: Type.Union([Check, Type.Null()]),
  condition: Type.Union([Check, Type.Null()]),
});
type FocusRule = Static<typeof FocusRule>;

const RuleList = Type.Record(Type.String(), FocusRule);

export interface LinkedRule extends FocusRule {
  readonly id: string;
  /** Its own, and those of all rules above it. */
  readonly conditions: readonly FocusCheck[];
  /** Of a rule that is one of several ways to keep another one: that one. */
  readonly alternativeOf: string | null;
}

export function readFocusRules(): ReadonlyMap<string, LinkedRule> {
  const list: unknown = JSON.parse(readFileSync(new URL('rules-1.2.json', import.meta.url), 'utf8'));
  Assert(RuleList, list);
  const parents = new Map<string, { readonly id: string; readonly isAlternative: boolean }>();
  for (const [id, { requirement }] of Object.entries(list)) {
    for (const { ModelRuleId: child } of requirement?.Items ?? []) {
      if (child !== undefined) parents.set(child, { id, isAlternative: requirement?.CheckFunction === 'OR' });
    }
  }
  const link = (id: string): LinkedRule => {
    const rule = list[id];
    if (rule === undefined) throw new Error(`there is no rule ${id}`);
    const parent = parents.get(id);
    const above = parent === undefined ? undefined : link(parent.id);
    return {
      ...rule,
      id,
      conditions: [...(rule.condition === null ? [] : [rule.condition]), ...(above?.conditions ?? [])],
      alternativeOf: parent?.isAlternative === true ? parent.id : null,
    };
  };
  return new Map(Object.keys(list).map((id) => [id, link(id)]));
}
