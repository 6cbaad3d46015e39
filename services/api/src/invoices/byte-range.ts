// RFC 9110, section 14: the one range of bytes that a request asks for. What is not understood is as if it were not there.

/** Half-open. Null: all of it. */
export function byteRangeOf(
  header: string | undefined,
  bytes: number,
): { readonly start: number; readonly end: number } | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  return start < end ? { start, end } : null;
}
