// A browser's name from what it says of itself, which is long and names half of all others.

/** In this order: most name the ones after them too. */
const BROWSERS = [
  ['Edge', /Edg\w*\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:Chrome|CriOS|Chromium)\/(\d+)/],
  ['Safari', /Version\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari/],
] as const;
const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;

export function browserOf(userAgent: string): string {
  if (userAgent === '') return 'says nothing of itself';
  const found = BROWSERS.map(([name, shape]) => [name, shape.exec(userAgent)?.[1]] as const).find(
    ([, version]) => version !== undefined,
  );
  const system = SYSTEMS.find(([, shape]) => shape.test(userAgent))?.[0];
  if (found === undefined) return userAgent.length > 40 ? `${userAgent.slice(0, 39)}…` : userAgent;
  return `${found.join(' ')}${system === undefined ? '' : ` on ${system}`}`;
}
