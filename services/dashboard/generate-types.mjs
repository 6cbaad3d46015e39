// Writes `src/api/schema.ts`: the types of the operations that the dashboard uses, from the OpenAPI document that an api serves.
// `npm run types -w services/dashboard -- http://localhost:8081`, after a route changed; a test compares the file with the document.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('src', import.meta.url));
const TARGET = join(SOURCES, 'api', 'schema.ts');
const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** The text of the file for this document. */
export function typesOf(document) {
  const used = pathsInSources();
  const paths = Object.entries(document.paths)
    .filter(([path]) => used.has(path))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, operations]) => `  '${path}': {\n${operationsText(operations)}  };\n`);
  return `// Made by generate-types.mjs from the OpenAPI document of the api. Not to be changed by hand.\n\nexport interface paths {\n${paths.join('')}}\n`;
}

function pathsInSources() {
  const files = readdirSync(SOURCES, { recursive: true })
    .map(String)
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('schema.ts'));
  const texts = files.map((name) => readFileSync(join(SOURCES, name), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(/'(\/v1\/[\w{}/-]+)'/g)].map(([, path]) => path)));
}

function operationsText(operations) {
  return METHODS.map((method) => {
    const operation = operations[method];
    return operation === undefined
      ? `    ${method}?: never;\n`
      : `    ${method}: {\n${operationText(operation)}    };\n`;
  }).join('');
}

function operationText({ parameters = [], requestBody, responses }) {
  const query = parameters.filter((one) => one.in === 'query');
  const path = parameters.filter((one) => one.in === 'path');
  const isQueryOptional = query.every(({ required }) => !required);
  const parts = [
    `query${isQueryOptional ? '?' : ''}: ${query.length === 0 ? 'never' : parametersText(query)}`,
    `path${path.length === 0 ? '?' : ''}: ${path.length === 0 ? 'never' : parametersText(path)}`,
  ];
  const body = requestBody?.content['application/json']?.schema;
  const [status, success] = Object.entries(responses).find(([code]) => code.startsWith('2'));
  const content = success.content?.['application/json']?.schema;
  const answer = content === undefined ? 'content?: never' : `content: { 'application/json': ${typeOf(content)} }`;
  return [
    `      parameters: { ${parts.join('; ')} };\n`,
    `      requestBody${body === undefined ? '?: never' : `: { content: { 'application/json': ${typeOf(body)} } }`};\n`,
    `      responses: { ${status}: { headers: { [name: string]: unknown }; ${answer} } };\n`,
  ].join('');
}

function parametersText(parameters) {
  const members = parameters.map(
    ({ name, required, schema }) => `${nameOf(name)}${required ? '' : '?'}: ${typeOf(schema)}`,
  );
  return `{ ${members.join('; ')} }`;
}

function typeOf(schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return `(${options.map(typeOf).join(' | ')})`;
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `(${typeOf(schema.items)})[]`;
    case 'object':
      return objectOf(schema);
    default:
      return 'unknown';
  }
}

function objectOf({ properties = {}, required = [], patternProperties }) {
  const members = Object.entries(properties).map(
    ([name, schema]) => `${nameOf(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  if (members.length > 0) return `{ ${members.join('; ')} }`;
  const [values] = Object.values(patternProperties ?? {});
  return `Record<string, ${values === undefined ? 'unknown' : typeOf(values)}>`;
}

function nameOf(name) {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [url = 'http://localhost:8081'] = process.argv.slice(2);
  const res = await fetch(`${url}/openapi.json`);
  writeFileSync(TARGET, typesOf(await res.json()));
}
