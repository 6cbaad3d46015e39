// What stands in place of a page that could not be shown.

import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link, useRouter } from '@tanstack/react-router';
import { ProblemAlert } from './problem-alert.tsx';

export function PageFailure({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Stack className="page" p="md">
      <ProblemAlert error={error} onRetry={retry} />
    </Stack>
  );
}

export function PageNotFound() {
  return (
    <Stack component="main" align="center" justify="center" mih="60dvh" p="md">
      <Title order={1}>There is nothing here</Title>
      <Text className="dim">The address may be mistyped, or what was here is gone.</Text>
      <Anchor component={Link} to="/">
        Back to the overview
      </Anchor>
    </Stack>
  );
}
