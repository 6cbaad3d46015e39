// What is known of one thing, each fact under its name.

import type { ReactNode } from 'react';

interface FactsProps {
  /** A fact of undefined is left out. */
  readonly facts: readonly (readonly [name: string, value: ReactNode])[];
}

export function Facts({ facts }: FactsProps) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="name">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
