// An instant, in the zone that was chosen, with the exact one for who looks closer.

import { dateTime } from '../format/time.ts';
import { useZone } from '../shell/zone.tsx';

export function Time({ at }: { readonly at: string | null }) {
  const zone = useZone();
  if (at === null) return <span className="dim">never</span>;
  return (
    <time dateTime={at} title={`${at} · shown in ${zone}`} className="figure" style={{ whiteSpace: 'nowrap' }}>
      {dateTime(at, zone)}
    </time>
  );
}
