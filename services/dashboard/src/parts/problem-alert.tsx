// A failure for people: what to do, and the request id to quote.

import { Alert, Button, Code, Group, List, Text } from '@mantine/core';
import { asProblem } from '../api/problem.ts';

interface ProblemAlertProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function ProblemAlert({ error, onRetry }: ProblemAlertProps) {
  const { code, detail, requestId, errors } = asProblem(error);
  return (
    <Alert color="red" variant="light" title={code.replaceAll('_', ' ')} role="alert" className="name">
      <Text size="sm">{detail}</Text>
      {errors.length > 0 && (
        <List size="sm" mt="xs">
          {errors.map(({ pointer, detail: flaw }) => (
            <List.Item key={`${pointer} ${flaw}`}>
              <Code>{pointer === '' ? 'request' : pointer}</Code> {flaw}
            </List.Item>
          ))}
        </List>
      )}
      <Group mt="xs" gap="md">
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
        {requestId !== null && (
          <Text size="xs">
            Request id <Code>{requestId}</Code>
          </Text>
        )}
      </Group>
    </Alert>
  );
}
