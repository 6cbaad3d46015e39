// Where a link for a customer leads: what stands behind its mark opens a session, once.

import { Loader, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { addressOf } from '../api/view.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { sessionQuery } from './session.ts';

export function PortalPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  // The link works once: a page that is drawn twice must not use it twice.
  const isUsed = useRef(false);
  useEffect(() => {
    if (isUsed.current) return;
    isUsed.current = true;
    const token = window.location.hash.slice(1);
    const open = async (): Promise<void> => {
      const session = await bodyOf(
        api.POST('/v1/portal-sessions/open', { body: { token: token === '' ? '-' : token } }),
      );
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.replace(addressOf('/'));
    };
    open().catch(setError);
  }, [queries, router]);
  return (
    <Stack component="main" mih="100dvh" align="center" justify="center" p="md">
      {error === undefined ? (
        <>
          <Loader aria-hidden />
          <Text role="status">Opening your usage …</Text>
        </>
      ) : (
        <ProblemAlert error={error} />
      )}
    </Stack>
  );
}
