// One figure of the overview, with what it was before.

import { Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface TileProps {
  readonly name: string;
  /** Undefined: not known yet. */
  readonly value: ReactNode | undefined;
  readonly note?: ReactNode;
}

export function Tile({ name, value, note }: TileProps) {
  return (
    <div className="panel">
      <Text size="sm" className="dim" fw={500}>
        {name}
      </Text>
      <div className="tile-value" data-tile={name}>
        {value === undefined ? <Skeleton h={34} w={120} /> : value}
      </div>
      <Text size="xs" className="dim" mih={18} component="div">
        {note}
      </Text>
    </div>
  );
}
