// The statements lie beside the code in files of their own, where each column and parameter is commented. What varies in
// a statement's text is put in from this package's own constants; values always go as parameters.

import { readFileSync } from 'node:fs';

export function loadSql(name: string): string {
  return readFileSync(new URL(`../src/${name}.sql`, import.meta.url), 'utf8').replace(/^\s*--.*\n/gm, '');
}

/** Puts the parts in place of their `{{name}}`s, all of which have to be given. */
export function fillSql(sql: string, parts: Readonly<Record<string, string>>): string {
  return sql.replace(/\{\{([a-zA-Z]+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the statement has no part named ${name}`);
    return part;
  });
}
