// The cookie that a signed-in browser holds: out of reach of scripts, sent by our own pages alone and, where there is HTTPS, by
// nothing else (`__Host-`: RFC 6265bis section 4.1.3.2, which no other host of the domain can write).

import type { IncomingMessage } from 'node:http';

export interface SessionCookie {
  readonly name: string;
  /** The value of `Set-Cookie`. */
  set(token: string, lifeMs: number): string;
  clear(): string;
  /** Undefined: there is none. Two of the name are none of ours: the empty text, which no session has. */
  tokenOf(req: Pick<IncomingMessage, 'headers'>): string | undefined;
}

export function createSessionCookie({ isSecure }: { readonly isSecure: boolean }): SessionCookie {
  const name = isSecure ? '__Host-tollgate_session' : 'tollgate_session';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
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
