// The schema of a structured answer, as the API writes it into the system message.

import type { PromptCounting } from './prompt-counting.ts';
import { isObject, type JsonObject } from './unknown-json.ts';

const FRAME = 4;
const NEW_SYSTEM_MESSAGE = 4;
/** `required` lists and whether other properties are allowed are left out of what the model sees. */
const DEPTH_MAX = 64;

export interface ResponseFormat {
  readonly name: string;
  readonly description: string;
  readonly schema: unknown;
}

/** Chat's `response_format`, or `text.format` of Responses. Undefined where there is no schema. */
export function responseFormatOf(format: unknown): ResponseFormat | undefined {
  if (!isObject(format)) return undefined;
  const given = isObject(format['json_schema']) ? format['json_schema'] : format;
  if (!isObject(given['schema'])) return undefined;
  const { name, description, schema } = given;
  return { name: textOf(name), description: textOf(description), schema };
}

interface FormatPlace {
  readonly hasTools: boolean;
  readonly hasSystemMessage: boolean;
}

/** What the first system message has to have appended before it is counted; empty when the format was counted here. */
export function countResponseFormat(
  format: ResponseFormat,
  { hasTools, hasSystemMessage }: FormatPlace,
  { family, countText, tally }: PromptCounting,
): string {
  const text = textOfFormat(format);
  if (!family.areSchemasExact) tally.doubt('response_format');
  // Behind the tools, whose frame has the system message already.
  if (hasTools) {
    if (family.generation !== 'gpt-4o') tally.doubt('response_format');
    tally.add(countText(`\n\n${text}`));
    return '';
  }
  if (hasSystemMessage) {
    tally.add(FRAME);
    return `\n\n${text}`;
  }
  tally.add(countText(text) + FRAME + NEW_SYSTEM_MESSAGE);
  return '';
}

function textOfFormat({ name, description, schema }: ResponseFormat): string {
  const comment = description === '' ? '' : `// ${description}\n`;
  return `# Response Formats\n\n## ${name}\n\n${comment}${JSON.stringify(shown(schema, 0))}`;
}

function shown(schema: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(schema)) return schema.map((item) => shown(item, depth + 1));
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([member, value]) => !isHidden(member, value))
      .map(([member, value]) => [member, shown(value, depth + 1)]),
  );
}

function isHidden(member: string, value: unknown): boolean {
  return (
    (member === 'required' && Array.isArray(value)) || (member === 'additionalProperties' && typeof value === 'boolean')
  );
}

function textOf(value: JsonObject[string]): string {
  return typeof value === 'string' ? value : '';
}
