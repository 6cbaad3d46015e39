// What there is of invoices for the operator.

import { TabLinks } from '../parts/tab-links.tsx';

const TABS = [
  { to: '/invoices', name: 'Invoices' },
  { to: '/invoices/archives', name: 'Month archives' },
];

export function InvoiceTabs() {
  return <TabLinks label="Invoices" tabs={TABS} />;
}
