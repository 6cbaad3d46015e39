// What the European standard for invoices says of XML files: the schemas of their syntax, and the rules of EN 16931 as its
// committee publishes them (Schematron, as XSLT), run by Saxon over all files at once.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchMavenJars } from '@tollgate/local';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

export type Syntax = 'ubl' | 'cii';

const RULES_VERSION = '1.3.15';
const RUN_TIMEOUT_MS = 180_000;

const JARS = {
  name: `en16931-${RULES_VERSION}`,
  artifacts: [['com.helger.phive.rules', 'phive-rules-en16931', '4.1.8']],
  unpack: `external/schematron/${RULES_VERSION}/**,external/schemas/ubl21/**,external/schemas/d16b/**,schemas/*.xsd`,
  remedy: 'The rules of EN 16931 need Java 17 or newer and, once, Maven.',
} as const;

/** The folders in which the rules and schemas lie, and Java. */
export async function findRules(): Promise<{ readonly java: string; readonly folder: string }> {
  return await fetchMavenJars(JARS, (line) => process.stderr.write(`${line}\n`));
}

type Rules = Awaited<ReturnType<typeof findRules>>;

/** Each rule that a file breaks, warnings too, as `file: text`. */
export async function brokenRules(
  rules: Rules,
  syntax: Syntax,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-en16931-'));
  const [source, result] = [await mkdtemp(join(folder, 'in-')), await mkdtemp(join(folder, 'out-'))];
  try {
    for (const [name, xml] of files) await writeFile(join(source, `${name}.xml`), xml);
    const sheet = `external/schematron/${RULES_VERSION}/${syntax}/EN16931-${syntax.toUpperCase()}-validation.xslt`;
    const args = [`-s:${source}`, `-xsl:${join(rules.folder, 'files', sheet)}`, `-o:${result}`];
    const saxon = ['-Xmx512m', '-cp', join(rules.folder, '*'), 'net.sf.saxon.Transform', ...args];
    await promisify(execFile)(rules.java, saxon, { timeout: RUN_TIMEOUT_MS });
    const reports = await readdir(result);
    if (reports.length !== files.size) throw new Error(`${files.size} files were given, ${reports.length} checked`);
    const broken = reports.map(async (name) => failuresIn(await readFile(join(result, name), 'utf8'), name));
    return (await Promise.all(broken)).flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a report in SVRL. One without any rule that was looked at is of no invoice. */
function failuresIn(report: string, name: string): readonly string[] {
  if (!report.includes('<svrl:fired-rule')) return [`${name}: no rule applies`];
  const failed = report.matchAll(/<svrl:failed-assert[\s\S]*?<svrl:text>([\s\S]*?)<\/svrl:text>/g);
  return [...failed].map(([, text = '']) => `${name}: ${text.trim()}`);
}

/** What of the files is not as their schema says. */
export async function schemaFlaws(
  rules: Rules,
  syntax: Syntax,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<readonly string[]> {
  xmlRegisterFsInputProviders();
  const url = join(rules.folder, 'files', `${syntax}.xsd`);
  const schema = XmlDocument.fromString(schemaOf(syntax), { url });
  const validator = XsdValidator.fromDoc(schema);
  try {
    return [...files].flatMap(([name, xml]) => {
      const document = XmlDocument.fromBuffer(xml);
      try {
        validator.validate(document);
        return [];
      } catch (error) {
        return [`${name}: ${String(error)}`];
      } finally {
        document.dispose();
      }
    });
  } finally {
    validator.dispose();
    schema.dispose();
  }
}

/** UBL imports some schemas by their name alone, so all of them are brought together here, by their places. */
function schemaOf(syntax: Syntax): string {
  const places =
    syntax === 'cii'
      ? [['urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100', `external/schemas/d16b/data/standard/${CII}`]]
      : [
          [
            'urn:un:unece:uncefact:data:specification:CoreComponentTypeSchemaModule:2',
            'schemas/CCTS_CCT_SchemaModule.xsd',
          ],
          ['http://www.w3.org/2000/09/xmldsig#', 'schemas/xmldsig-core-schema.xsd'],
          [
            'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2',
            'external/schemas/ubl21/maindoc/UBL-Invoice-2.1.xsd',
          ],
          [
            'urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2',
            'external/schemas/ubl21/maindoc/UBL-CreditNote-2.1.xsd',
          ],
        ];
  const imports = places.map(([space, place]) => `<xsd:import namespace="${space}" schemaLocation="${place}"/>`);
  return `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">${imports.join('')}</xsd:schema>`;
}

const CII = 'CrossIndustryInvoice_100pD16B.xsd';
