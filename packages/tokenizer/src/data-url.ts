// The first bytes of what is encoded in base64, in a data URL or bare: headers are all that counting looks at.

/** A JPEG's size stands behind its metadata, which may hold a preview and colour profiles. */
const HEAD_CHARACTERS_MAX = 700_000;
const PREFIX_CHARACTERS_MAX = 200;

export function decodeDataUrl(text: string): Buffer {
  const comma = text.startsWith('data:') ? text.slice(0, PREFIX_CHARACTERS_MAX).indexOf(',') + 1 : 0;
  return Buffer.from(text.slice(comma, comma + HEAD_CHARACTERS_MAX), 'base64');
}
