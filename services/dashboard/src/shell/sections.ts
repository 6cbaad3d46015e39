// The pages, in the order of the navigation, and who sees each.

import { holds, type Session } from '../session/session.ts';

interface Section {
  readonly path: string;
  readonly name: string;
  readonly isSeen: (session: Session) => boolean;
}

const sees =
  (scope: Parameters<typeof holds>[1]) =>
  (session: Session): boolean =>
    holds(session, scope);

export const SECTIONS: readonly Section[] = [
  { path: '/', name: 'Overview', isSeen: sees('usage:read') },
  { path: '/usage', name: 'Usage', isSeen: sees('usage:read') },
  { path: '/events', name: 'Events', isSeen: sees('usage:read') },
];
