// Function tools as the API writes them into the prompt: a TypeScript namespace with a type for each. Two styles are known:
// today's, and that of the models of 2023 for the `functions` of their time. Both are fitted to reported counts; the members
// of a schema that no recorded call has are left out, and their use is told.

import { isGiven, isObject, type JsonObject } from './unknown-json.ts';

export interface FunctionTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: unknown;
}

/** Styles differ in when an object is written on one line, in indents, and in which descriptions are kept. */
export type DeclarationStyle = 'current' | '2023';

export interface ToolDeclarations {
  readonly text: string;
  /** False when a schema has members whose rendering no reported count confirms. */
  readonly isConfirmed: boolean;
}

/** Schemas nested deeper, or with more members, are not rendered. */
const DEPTH_MAX = 64;
const SCHEMAS_MAX = 20_000;

/** Members of which recorded calls tell what they add, most of them nothing. What is beside a `$ref` is not looked up. */
const CONFIRMED_MEMBERS: ReadonlySet<string> = new Set(
  'type properties required description title additionalProperties strict enum items anyOf $ref $defs $schema default'.split(
    ' ',
  ),
);

/** Undefined when the schemas go beyond the bounds. */
export function declareTools(tools: readonly FunctionTool[], style: DeclarationStyle): ToolDeclarations | undefined {
  const writing = new Writing(style);
  const lines = ['namespace functions {', ''];
  for (const { name, description, parameters } of tools) {
    lines.push(...commentOf(description));
    const type = isObject(parameters) ? writing.parametersType(parameters) : '';
    lines.push(type === '' ? `type ${name} = () => any;` : `type ${name} = (_: ${type}) => any;`, '');
  }
  lines.push('} // namespace functions');
  return writing.isBeyondBounds ? undefined : { text: lines.join('\n'), isConfirmed: writing.isConfirmed };
}

class Writing {
  isConfirmed = true;
  isBeyondBounds = false;
  private schemas = 0;
  private readonly style: DeclarationStyle;

  constructor(style: DeclarationStyle) {
    this.style = style;
  }

  /** Empty when there are none. */
  parametersType(parameters: JsonObject): string {
    if (propertiesOf(parameters).length === 0) return '';
    const comment = this.style === 'current' ? commentOf(parameters['description']).map((line) => `${line}\n`) : [];
    return `${comment.join('')}${this.objectType(parameters, 0)}`;
  }

  private typeOf(schema: unknown, depth: number): string {
    this.schemas++;
    if (this.schemas > SCHEMAS_MAX || depth > DEPTH_MAX) this.isBeyondBounds = true;
    if (this.isBeyondBounds || !isObject(schema)) return 'any';
    if (Object.keys(schema).some((member) => !this.isConfirmedMember(member))) this.isConfirmed = false;
    const { type } = schema;
    const variants = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(variants)) return variants.map((variant) => this.typeOf(variant, depth + 1)).join(' | ');
    if (Array.isArray(type)) {
      this.isConfirmed = false;
      return type.map((one) => this.typeOf({ ...schema, type: one }, depth + 1)).join(' | ');
    }
    switch (type) {
      case 'string':
        return literalsOf(schema['enum']) ?? 'string';
      case 'integer':
      case 'number':
        return literalsOf(schema['enum']) ?? 'number';
      case 'boolean':
      case 'null':
        return type;
      case 'array':
        return `${isGiven(schema['items']) ? this.typeOf(schema['items'], depth + 1) : 'any'}[]`;
      case 'object':
        return this.objectType(schema, depth + 1);
      default:
        return 'any';
    }
  }

  /** In 2023 constants were written as their type. */
  private isConfirmedMember(member: string): boolean {
    return CONFIRMED_MEMBERS.has(member) || (this.style === '2023' && member === 'const');
  }

  private objectType(schema: JsonObject, depth: number): string {
    const properties = propertiesOf(schema);
    const required: ReadonlySet<unknown> = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const fields = properties.map(([name, property]) => {
      const type = this.typeOf(property, depth);
      return { name: required.has(name) ? name : `${name}?`, type, property };
    });
    if (this.style === '2023') return linesOf2023(fields, depth);
    if (fields.length === 0) return 'object';
    const isOnOneLine = fields.every(({ property }) => descriptionOf(property) === '');
    if (isOnOneLine) return `{ ${fields.map(({ name, type }) => `${name}: ${type}`).join(', ')} }`;
    const lines = fields.flatMap(({ name, type, property }) => {
      const comment = defaultOf(property);
      // One recorded call shows a default.
      if (comment !== '') this.isConfirmed = false;
      return [...commentOf(descriptionOf(property)), `${name}: ${type},${comment}`];
    });
    return ['{', ...lines, '}'].join('\n');
  }
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly property: unknown;
}

/** Always on lines of their own, indented; descriptions of the parameters, not of what is in them. */
function linesOf2023(fields: readonly Field[], depth: number): string {
  const indent = '  '.repeat(depth);
  const lines = fields.flatMap(({ name, type, property }) => [
    ...(depth === 0 ? commentOf(descriptionOf(property)).map((line) => indent + line) : []),
    `${indent}${name}: ${type},`,
  ]);
  return ['{', ...lines, '}'].join('\n');
}

function propertiesOf(schema: JsonObject): [string, unknown][] {
  return isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
}

function descriptionOf(schema: unknown): string {
  return isObject(schema) && typeof schema['description'] === 'string' ? schema['description'].trim() : '';
}

function commentOf(description: unknown): readonly string[] {
  if (typeof description !== 'string' || description.trim() === '') return [];
  return description
    .trim()
    .split('\n')
    .map((line) => (line.trim() === '' ? '//' : `// ${line}`));
}

function literalsOf(values: unknown): string | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  return values.map((value) => JSON.stringify(value)).join(' | ');
}

/** Behind the comma; a default that is one of an enum's strings has no quotes. */
function defaultOf(schema: unknown): string {
  if (!isObject(schema) || schema['default'] === undefined) return '';
  const value = schema['default'];
  const isBare = typeof value === 'string' && Array.isArray(schema['enum']);
  return ` // default: ${isBare ? value : JSON.stringify(value)}`;
}
