// What the command line asks for.

import { parseArgs } from 'node:util';

export type Command =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'export';
      readonly wanted: WantedExport;
      /** Absent: named for the month, in the working folder. */
      readonly out: string | undefined;
    }
  | { readonly kind: 'verify'; readonly invoices: readonly string[]; readonly month: string | undefined };

export type WantedExport =
  /** A new one. `formats` absent: all there are. */
  | { readonly month: string; readonly formats: readonly string[] | undefined }
  /** One that was begun before. */
  | { readonly exportId: string };

/** What is wrong with the command, as a sentence. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export const HELP = `npm run tollgate -- COMMAND

  export --month 2026-10 [--out FILE] [--formats pdf,csv]
      All invoices of a month, in every format, as one archive with a manifest.
  export --export exp_… [--out FILE]
      Goes on with one that was begun, and with its download.
  verify --invoice inv_… [--invoice inv_…]
  verify --month 2026-10
      Calculates finalized invoices once more from events and prices, and says whether they are the same to the byte.

Where to: TOLLGATE_URL and TOLLGATE_API_KEY (an operator's key); absent, what \`npm start\` wrote to .tollgate/local.json.
`;

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

export function parseCommand(args: readonly string[]): Command {
  const [name, ...rest] = args;
  switch (name) {
    case 'export':
      return parseExport(rest);
    case 'verify':
      return parseVerify(rest);
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help' };
    default:
      throw new CommandError(`There is no command ${name}: it is export or verify.`);
  }
}

function parseExport(args: readonly string[]): Command {
  const text = { type: 'string' } as const;
  const {
    month,
    out,
    formats,
    export: exportId,
  } = valuesOf(() => parseArgs({ args: [...args], options: { month: text, out: text, formats: text, export: text } }));
  if (exportId !== undefined) {
    if (month !== undefined || formats !== undefined) {
      throw new CommandError('An export that was begun has its month and its formats: say --export alone.');
    }
    return { kind: 'export', wanted: { exportId }, out };
  }
  if (month === undefined) throw new CommandError('Which month? Say it as --month 2026-10.');
  return { kind: 'export', wanted: { month: checkedMonth(month), formats: formats?.split(',') }, out };
}

function parseVerify(args: readonly string[]): Command {
  const { invoice: invoices = [], month } = valuesOf(() =>
    parseArgs({ args: [...args], options: { month: { type: 'string' }, invoice: { type: 'string', multiple: true } } }),
  );
  if (invoices.length === 0 && month === undefined) {
    throw new CommandError('Which invoices? Say --invoice inv_… or --month 2026-10.');
  }
  return { kind: 'verify', invoices, month: month === undefined ? undefined : checkedMonth(month) };
}

function valuesOf<Values>(parse: () => { readonly values: Values }): Values {
  try {
    return parse().values;
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

function checkedMonth(month: string): string {
  if (MONTH.test(month)) return month;
  throw new CommandError(`${month} is no month: write it as 2026-10.`);
}
