// The reasons among the letters that are shown, the commonest first, each with what to do about it.

import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { exactCount } from '../format/number.ts';
import type { DeadLetter } from './dead-letter-queries.ts';
import { reasonOf } from './dead-letter-reasons.ts';

interface ReasonListProps {
  readonly letters: readonly DeadLetter[];
  readonly hasMore: boolean;
}

export function ReasonList({ letters, hasMore }: ReasonListProps) {
  if (letters.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { code } of letters) counts.set(code, (counts.get(code) ?? 0) + 1);
  return (
    <section className="panel" aria-label="What to do">
      <dl className="reasons">
        {[...counts]
          .sort(([, one], [, other]) => other - one)
          .map(([code, count]) => {
            const { name, advice } = reasonOf(code);
            return (
              <div key={code} data-reason={code}>
                <dt>
                  <Link to="/dead-letters" search={{ code }} className="link">
                    {name}
                  </Link>
                  <span className="dim figure">
                    {exactCount(count)}
                    {hasMore && ' or more'}
                  </span>
                </dt>
                <dd>
                  <Text size="sm" className="dim">
                    {advice}
                  </Text>
                </dd>
              </div>
            );
          })}
      </dl>
    </section>
  );
}
