// The cookies that a signed-in browser holds: out of reach of scripts, sent by our own pages alone and, where there is HTTPS, by
// nothing else (`__Host-`: RFC 6265bis section 4.1.3.2, which no other host of the domain can write). In another site's frame
// a browser sends none that is `SameSite`: the one of a frame is kept for each embedding site apart instead (`Partitioned`).

import type { IncomingMessage } from 'node:http';
import type { View } from '../dashboard/view.ts';

export interface SessionCookie {
  readonly name: string;
  /** The value of `Set-Cookie`. */
  set(token: string, lifeMs: number): string;
  clear(): string;
  /** Undefined: there is none. Two of the name are none of ours: the empty text, which no session has. */
  tokenOf(req: Pick<IncomingMessage, 'headers'>): string | undefined;
}

export function createSessionCookies({
  isSecure,
}: {
  readonly isSecure: boolean;
}): Readonly<Record<View, SessionCookie>> {
  const prefix = isSecure ? '__Host-' : '';
  return {
    own: createCookie({
      name: `${prefix}tollgate_session`,
      attributes: `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`,
    }),
    // Without HTTPS browsers take it from this machine alone.
    embedded: createCookie({
      name: `${prefix}tollgate_embedded`,
      attributes: 'Path=/; HttpOnly; SameSite=None; Secure; Partitioned',
    }),
  };
}

function createCookie({ name, attributes }: { readonly name: string; readonly attributes: string }): SessionCookie {
  return {
    name,
    set: (token, lifeMs) => `${name}=${token}; Max-Age=${Math.floor(lifeMs / 1_000)}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
    tokenOf({ headers }) {
      const values = (headers.cookie ?? '').split(';').flatMap((pair) => {
        const [found, value] = pair.trim().split('=', 2);
        return found === name && value !== undefined && value !== '' ? [value] : [];
      });
      return values.length > 1 ? '' : values[0];
    },
  };
}
