// CloudEvents in binary mode: the attributes are headers, the body is `data` (HTTP protocol binding 1.0, section 3.1).

import type { IncomingMessage } from 'node:http';
import { TollgateError } from '@tollgate/domain';

const PREFIX = 'ce-';

export function isBinaryCloudEvent(req: IncomingMessage): boolean {
  return req.headers['ce-specversion'] !== undefined || req.headers['ce-id'] !== undefined;
}

/** The attributes by name. Throws `invalid_request` for a header that is sent twice or is not percent-encoded UTF-8. */
export function readAttributes(req: IncomingMessage): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  const { rawHeaders } = req;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (!name.startsWith(PREFIX)) continue;
    const attribute = name.slice(PREFIX.length);
    if (attribute in attributes) throw invalid(`The header ${name} was sent twice.`);
    attributes[attribute] = decode(name, rawHeaders[at + 1] ?? '');
  }
  return attributes;
}

/** Section 3.1.3.2: a value may be quoted, and what is not printable ASCII is percent-encoded UTF-8. */
function decode(name: string, value: string): string {
  const text = /^"(.*)"$/.exec(value)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? value;
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`The header ${name} is not percent-encoded UTF-8.`);
  }
}

function invalid(detail: string): TollgateError {
  return new TollgateError({ code: 'invalid_request', detail });
}
