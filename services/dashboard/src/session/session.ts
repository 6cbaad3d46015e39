// Who is signed in, and what they may do.

import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { ProblemError } from '../api/problem.ts';

export type Session = Awaited<ReturnType<typeof readSession>>;
export type Scope = Session['scopes'][number];

async function readSession() {
  return await bodyOf(api.GET('/v1/sessions/current'));
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: 60_000,
  retry: false,
});

export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** `admin` holds every scope. */
export function holds({ scopes }: Session, wanted: Scope): boolean {
  return scopes.some((scope) => scope === 'admin' || scope === wanted);
}

/** The operator's staff act for all customers; a customer sees its own things. */
export function isOperator({ customer }: Session): boolean {
  return customer === null;
}

export function isSignedOut(error: unknown): boolean {
  return (
    error instanceof ProblemError && (error.status === 401 || (error.status === 404 && error.code === 'not_found'))
  );
}
