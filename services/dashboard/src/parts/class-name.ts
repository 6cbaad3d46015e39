// What has a price, for people: token classes, what is counted by the piece, and meters.

import { tokenClassName } from '../usage/token-class-names.ts';

const METER = 'meter:';

export function className(name: string): string {
  if (name === 'requests') return 'Requests';
  if (name === 'web_searches') return 'Web searches';
  return name.startsWith(METER) ? `Meter ${name.slice(METER.length)}` : tokenClassName(name);
}
