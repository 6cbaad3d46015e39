// A chart, fetched when there is one to draw; its place is kept meanwhile, so that nothing moves.

import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { ChartProps } from './chart-shape.ts';

const Drawing = lazy(() => import('./drawing.tsx'));

export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton h={props.height} />}>
      <Drawing {...props} />
    </Suspense>
  );
}
