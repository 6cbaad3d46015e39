// The name under which a browser keeps a file (RFC 6266): plain for all, and in full for those that read RFC 8187.

export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_');
  if (plain === name) return `attachment; filename="${plain}"`;
  const escaped = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${escaped}`;
}
