// The pages, in the order of the navigation, and who sees each.

import { holds, isOperator, type Session } from '../session/session.ts';

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
  { path: '/customers', name: 'Customers', isSeen: (session) => isOperator(session) && holds(session, 'admin') },
  { path: '/keys', name: 'API keys', isSeen: sees('keys:read') },
  { path: '/limits', name: 'Limits', isSeen: sees('limits:read') },
  { path: '/events', name: 'Events', isSeen: sees('usage:read') },
  { path: '/invoices', name: 'Invoices', isSeen: sees('billing:read') },
  { path: '/prices', name: 'Prices', isSeen: (session) => isOperator(session) && holds(session, 'billing:read') },
  { path: '/plans', name: 'Plans', isSeen: (session) => isOperator(session) && holds(session, 'billing:read') },
  { path: '/billing', name: 'Billing', isSeen: sees('billing:read') },
  { path: '/dead-letters', name: 'Dead letters', isSeen: sees('usage:read') },
  { path: '/webhooks', name: 'Webhooks', isSeen: sees('webhooks:write') },
  { path: '/audit-log', name: 'Audit log', isSeen: sees('keys:read') },
  { path: '/health', name: 'Health', isSeen: (session) => isOperator(session) && holds(session, 'admin') },
  { path: '/sessions', name: 'Sessions', isSeen: sees('keys:read') },
];
