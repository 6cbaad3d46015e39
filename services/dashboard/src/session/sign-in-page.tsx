// Signing in: the key is exchanged for a session at once, and kept nowhere.

import { Anchor, Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { sessionQuery } from './session.ts';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { to } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [key, setKey] = useState('');
  useEffect(() => {
    document.title = 'Sign in · Tollgate';
  }, []);
  const signIn = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/sessions', { headers: { Authorization: `Bearer ${key.trim()}` } })),
    onSuccess(session) {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.replace(to);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <Stack component="main" mih="100dvh" align="center" justify="center" p="md">
      <Paper withBorder p={{ base: 'lg', sm: 'xl' }} w="100%" maw={420} radius="lg">
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={1}>Sign in to Tollgate</Title>
              <Text size="sm" className="dim" mt={4}>
                With an API key: the operator's, or your own.
              </Text>
            </div>
            <PasswordInput
              label="API key"
              placeholder="tg_live_…"
              autoComplete="off"
              spellCheck={false}
              data-autofocus
              autoFocus
              required
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
            />
            {signIn.isError && <ProblemAlert error={signIn.error} />}
            <Button type="submit" loading={signIn.isPending} fullWidth>
              Sign in
            </Button>
            <Text size="xs" className="dim">
              The key is exchanged for a session and not kept in this browser. The local stack prints its operator key
              at the start.{' '}
              <Anchor href="/docs" underline="always">
                The API
              </Anchor>
            </Text>
          </Stack>
        </form>
      </Paper>
    </Stack>
  );
}
