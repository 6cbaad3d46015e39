// The texts that the demo's traffic is made of; `infra/local/demo/README.md` says where they come from.

import { readdir, readFile } from 'node:fs/promises';

interface Passage {
  /** The file's name: a language, or `code`. */
  readonly kind: string;
  readonly text: string;
}

export interface Exchange {
  readonly question: string;
  readonly answer: string;
}

export interface DemoTexts {
  readonly passages: readonly Passage[];
  readonly exchanges: readonly Exchange[];
}

const FOLDER = new URL('../../demo/', import.meta.url);

export async function loadDemoTexts(): Promise<DemoTexts> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.txt')).sort();
  const passages: Passage[] = [];
  const exchanges: Exchange[] = [];
  for (const file of files) {
    const kind = file.slice(0, -'.txt'.length);
    // The first passage names the sources.
    const texts = (await readFile(new URL(file, FOLDER), 'utf8')).split('\n%\n').slice(1);
    for (const text of texts) {
      const [question, answer] = text.trim().split('\n=\n');
      if (question !== undefined && answer !== undefined) exchanges.push({ question, answer });
      else passages.push({ kind, text: text.trim() });
    }
  }
  return { passages, exchanges };
}
