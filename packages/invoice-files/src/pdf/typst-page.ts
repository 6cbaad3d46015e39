// Draws pages with Typst, whose compiler is a native module: it shapes every script, breaks pages and writes PDF/A. Its fonts
// are those of our packages and no others, so that a page looks the same on every machine.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { Page } from './page.ts';

const FOLDER = fileURLToPath(new URL('../../src/pdf', import.meta.url));

/** Packages of fonts, and the folders in them with the weights that the template asks for. */
const FONTS: readonly (readonly [string, readonly string[]])[] = [
  ['@expo-google-fonts/inter', ['400Regular', '500Medium', '600SemiBold', '700Bold']],
  ['@expo-google-fonts/ibm-plex-sans-arabic', ['400Regular', '500Medium', '600SemiBold']],
  ['@expo-google-fonts/noto-sans-hebrew', ['400Regular', '500Medium', '600SemiBold']],
  ['@expo-google-fonts/noto-sans-thai', ['400Regular', '500Medium', '600SemiBold']],
  ['@expo-google-fonts/noto-sans-devanagari', ['400Regular', '500Medium', '600SemiBold']],
  ['@expo-google-fonts/noto-emoji', ['400Regular', '600SemiBold']],
  ['@embedpdf/fonts-sc', ['../fonts']],
  ['@embedpdf/fonts-jp', ['../fonts']],
  ['@embedpdf/fonts-kr', ['../fonts']],
];

/** What the compiler remembers of earlier pages: enough for the template and its fonts. */
const REMEMBERED_PAGES = 4;

interface Typesetter {
  readonly compiler: NodeCompiler;
  readonly template: string;
}

let typesetter: Typesetter | undefined;

/** The same page gives the same bytes. Takes the thread for as long as it draws: about 20 ms for a page of paper. */
export function drawPage(page: Page): Uint8Array {
  typesetter ??= openTypesetter();
  const { compiler, template } = typesetter;
  compiler.mapShadow(join(FOLDER, 'page.json'), Buffer.from(JSON.stringify(page)));
  try {
    const { result, ...compiled } = compiler.compile({ mainFileContent: template });
    if (result === null) throw new Error(`the page was not drawn: ${JSON.stringify(compiled)}`);
    return compiler.pdf(result, { creationTimestamp: Date.parse(page.date) / 1000 });
  } finally {
    compiler.unmapShadow(join(FOLDER, 'page.json'));
    compiler.evictCache(REMEMBERED_PAGES);
  }
}

function openTypesetter(): Typesetter {
  const { resolve } = createRequire(import.meta.url);
  const fontPaths = FONTS.flatMap(([name, folders]) => {
    const home = dirname(resolve(name));
    return folders.map((folder) => join(home, folder));
  });
  return {
    compiler: NodeCompiler.create({ workspace: FOLDER, fontArgs: [{ fontPaths }] }),
    template: readFileSync(join(FOLDER, 'page.typ'), 'utf8'),
  };
}
