// What there is of prices.

import { TabLinks } from '../parts/tab-links.tsx';

const TABS = [
  { to: '/prices', name: 'Price list' },
  { to: '/prices/unpriced', name: 'Unpriced use' },
  { to: '/prices/rerates', name: 'Re-rates' },
  { to: '/prices/simulate', name: 'What would it cost' },
  { to: '/prices/import', name: 'Import and export' },
];

export function PriceTabs() {
  return <TabLinks label="Prices" tabs={TABS} />;
}
