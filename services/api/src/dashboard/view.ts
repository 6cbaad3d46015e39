// The two ways in which the dashboard is looked at: on its own, and as a part of another site's page, in a frame. Each has
// addresses and a cookie of its own, so that what a frame needs makes nothing weaker for those who look without one.

export type View = 'own' | 'embedded';

const EMBEDDED = '/embedded';

/** Which view an address is of, and the address inside of it. */
export function viewOf(path: string): { readonly view: View; readonly inner: string } {
  if (path === EMBEDDED) return { view: 'embedded', inner: '/' };
  if (!path.startsWith(`${EMBEDDED}/`)) return { view: 'own', inner: path };
  return { view: 'embedded', inner: path.slice(EMBEDDED.length) };
}

export function embeddedUrl(publicUrl: string): string {
  return `${publicUrl}${EMBEDDED}`;
}
