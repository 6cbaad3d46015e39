// What was asked of the api is remembered here. A session that has ended, wherever that shows, leads to the way in.

import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ProblemError } from './api/problem.ts';

const RETRIES_MAX = 2;
const FRESH_MS = 10_000;

export function createQueries({ onSignedOut }: { readonly onSignedOut: () => Promise<void> }): QueryClient {
  const lookAt = (error: Error): void => {
    if (error instanceof ProblemError && error.status === 401) void onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => (queryKey[0] === 'session' ? undefined : lookAt(error)),
    }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (count, error) =>
          count < RETRIES_MAX && !(error instanceof ProblemError && error.status < 500 && error.status > 0),
      },
      mutations: { onError: lookAt },
    },
  });
}
