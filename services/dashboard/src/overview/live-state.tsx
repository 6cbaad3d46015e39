// Whether what is shown is of this moment: the stream is open, and nothing waits to be counted.

import { Group, Text } from '@mantine/core';
import { exactCount } from '../format/number.ts';
import type { Live } from '../live/use-live.ts';

export function LiveState({ live }: { readonly live: Live }) {
  const waiting = live.lagEntries ?? 0;
  const text = !live.isOpen ? 'Connecting' : waiting > 0 ? `${exactCount(waiting)} waiting to be counted` : 'Live';
  return (
    <Group gap={8} wrap="nowrap">
      <span className="live-dot" data-state={live.isOpen && waiting === 0 ? 'live' : 'waiting'} aria-hidden="true" />
      <Text size="sm" className="dim" role="status">
        {text}
      </Text>
    </Group>
  );
}
