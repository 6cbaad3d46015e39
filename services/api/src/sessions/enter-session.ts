// A request that carries a session in place of an API key: judged by the same gate, and at a rate of its own, so that somebody
// who looks at the dashboard takes nothing from what the key may do.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Authenticator, type Caller, sourceNetworkOf } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import type { Gate } from '@tollgate/limits';
import type { View } from '../dashboard/view.ts';
import { checkOwnPage } from './own-page.ts';
import type { SessionCookie } from './session-cookie.ts';

/** What takes sessions besides API keys. */
export interface SessionDoor {
  readonly cookies: Readonly<Record<View, SessionCookie>>;
  /** Where people reach the api: `https://api.example.com`. */
  readonly publicOrigin: string;
}

const REQUESTS_PER_MINUTE = 1_200;

export async function enterSession(
  request: {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly address: string;
    readonly token: string;
    readonly view: View;
  },
  {
    authenticator,
    gate,
    door,
  }: { readonly authenticator: Authenticator; readonly gate: Gate; readonly door: SessionDoor },
): Promise<Caller> {
  const { req, res, address, token, view } = request;
  checkOwnPage(req, { publicOrigin: door.publicOrigin, view });
  try {
    const { caller } = await gate.enter({
      source: () => sourceNetworkOf(address),
      async authenticate() {
        const caller = await authenticator.authenticateSession(token, address);
        const rateLimits = { requestsPerMinute: REQUESTS_PER_MINUTE, tokensPerMinute: null };
        return { caller, keyId: caller.credential.id, customerId: caller.customerId, rateLimits };
      },
      setHeader: (name, value) => res.setHeader(name, value),
    });
    return caller;
  } catch (error) {
    // A browser that held on to what has ended would be refused again and again.
    if (error instanceof TollgateError && error.status === 401) res.setHeader('Set-Cookie', door.cookies[view].clear());
    throw error;
  }
}
