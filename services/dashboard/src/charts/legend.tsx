// The names of a chart's series with their colours.

import { Group, Text } from '@mantine/core';
import type { ChartSeries } from './chart-shape.ts';

export function Legend({ series }: { readonly series: readonly ChartSeries[] }) {
  return (
    <Group gap="md" mb="sm" component="ul" p={0} m={0}>
      {series.map(({ name, color }) => (
        <Text key={name} component="li" size="xs" className="dim cut" maw={260} style={{ listStyle: 'none' }}>
          <span className="swatch" style={{ background: color }} />
          {name}
        </Text>
      ))}
    </Group>
  );
}
