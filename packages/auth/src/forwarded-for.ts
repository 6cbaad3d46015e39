// The hops that a forwarding header names, the sender first. A hop that is not an address (`unknown`, `_hidden`, noise) is
// an empty text: it ends the way back.

/**
 * X-Forwarded-For: a list of addresses, of which some proxies write the port as well. Forwarded: RFC 7239, section 4,
 * where the address stands in the parameter `for`.
 */
export function forwardedFor(header: 'x-forwarded-for' | 'forwarded', value: string): string[] {
  return header === 'x-forwarded-for' ? value.split(',').map((hop) => nodeAddress(hop.trim())) : readForwarded(value);
}

// RFC 7230, section 3.2.6. An element is a run of anything but commas, in which quoted strings may hold some.
const ELEMENT = /(?:"(?:[^"\\]|\\.)*"|[^",])*/y;
const PAIR = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[^"\\]|\\.)*")$/;
const PAIRS = /(?:"(?:[^"\\]|\\.)*"|[^";])+/g;

function readForwarded(value: string): string[] {
  const hops: string[] = [];
  let place = 0;
  while (place <= value.length) {
    ELEMENT.lastIndex = place;
    const element = ELEMENT.exec(value)?.[0] ?? '';
    const end = place + element.length;
    // An element that ends with neither a comma nor the value has a quote that is never closed.
    if (end < value.length && value[end] !== ',') return [...hops, ''];
    hops.push(forOf(element));
    place = end + 1;
  }
  return hops;
}

/** Empty where the element is not well-formed or does not name exactly one `for`. */
function forOf(element: string): string {
  const nodes: string[] = [];
  for (const part of element.match(PAIRS) ?? []) {
    const [, name, value] = PAIR.exec(part.trim()) ?? [];
    if (name === undefined || value === undefined) return '';
    if (name.toLowerCase() === 'for') nodes.push(unquote(value));
  }
  return nodes.length === 1 ? nodeAddress(nodes[0] ?? '') : '';
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
}

// RFC 7239, section 6: a v6 address stands in brackets when a port may follow.
const BRACKETED = /^\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?$/;
const V4_WITH_PORT = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/;

function nodeAddress(text: string): string {
  return BRACKETED.exec(text)?.[1] ?? V4_WITH_PORT.exec(text)?.[1] ?? text;
}
