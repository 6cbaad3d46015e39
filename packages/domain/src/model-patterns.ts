// The models that a key may use: names, in which `*` stands for any text, also for none (`gpt-4o*`, `claude-*-sonnet-*`).
// Upper and lower case are told apart, as providers do: a list that admits must not admit more than it says.

export const MODEL_PATTERNS_MAX = 100;
export const MODEL_PATTERN_LENGTH_MAX = 128;
const STARS_MAX = 4;

/** Printable, and no space: what names of models are made of. */
const SHAPE = /^[\x21-\x7e]+$/;

export interface ModelList {
  has(model: string): boolean;
}

/** What is wrong with a pattern, as a sentence; undefined when nothing is. */
export function flawOfModelPattern(pattern: string): string | undefined {
  if (pattern.length > MODEL_PATTERN_LENGTH_MAX) {
    return `A model pattern has ${MODEL_PATTERN_LENGTH_MAX} characters at most.`;
  }
  if (!SHAPE.test(pattern)) return 'A model pattern has printable ASCII characters, no spaces, and at least one.';
  if (pattern.includes('**')) return 'Two `*` in a row say no more than one: write one.';
  if (pattern.split('*').length > STARS_MAX + 1) return `A model pattern has ${STARS_MAX} \`*\` at most.`;
  return undefined;
}

/** The patterns are ones without a flaw. */
export function createModelList(patterns: readonly string[]): ModelList {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const open = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return { has: (model) => exact.has(model) || open.some((parts) => matches(model, parts)) };
}

export function matchesModel(pattern: string, model: string): boolean {
  return pattern.includes('*') ? matches(model, pattern.split('*')) : pattern === model;
}

/** Each part at its first place after the one before: no place is looked at twice, so there is nothing to go back to. */
function matches(model: string, parts: readonly string[]): boolean {
  const first = parts.at(0) ?? '';
  const last = parts.at(-1) ?? '';
  const end = model.length - last.length;
  if (first.length > end || !model.startsWith(first) || !model.endsWith(last)) return false;
  let place = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = model.indexOf(part, place);
    if (found === -1) return false;
    place = found + part.length;
  }
  return place <= end;
}
