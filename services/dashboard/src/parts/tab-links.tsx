// The pages of one section, side by side: links, so that each has an address of its own.

import { Link } from '@tanstack/react-router';

interface TabLinksProps {
  readonly label: string;
  readonly tabs: readonly { readonly to: string; readonly name: string }[];
}

export function TabLinks({ label, tabs }: TabLinksProps) {
  return (
    <nav className="tab-links" aria-label={label}>
      {tabs.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
