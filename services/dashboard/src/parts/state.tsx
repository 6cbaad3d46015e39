// A state in a word, with a dot for who scans a list: the word alone says it, the colour helps.

import type { ReactNode } from 'react';

export type Tone = 'good' | 'waiting' | 'bad' | 'quiet';

const COLORS: Readonly<Record<Tone, string>> = {
  good: 'var(--mantine-color-teal-6)',
  waiting: 'var(--mantine-color-yellow-6)',
  bad: 'var(--mantine-color-red-6)',
  quiet: 'var(--tollgate-dim)',
};

export function State({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className="state">
      <span className="state-dot" style={{ background: COLORS[tone] }} aria-hidden="true" />
      <span>{children}</span>
    </span>
  );
}
