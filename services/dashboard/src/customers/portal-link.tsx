// A link that lets the customer in, once: to be sent to it by the operator.

import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import type { Customer } from './customer-query.ts';

const LINK_LIFE_S = 3_600;

interface PortalLinkProps {
  readonly customer: Customer;
  readonly onClose: () => void;
}

export function PortalLink({ customer: { id, name }, onClose }: PortalLinkProps) {
  const make = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/portal-sessions', { body: { customer: id, link_seconds: LINK_LIFE_S } })),
  });
  const { mutate } = make;
  useEffect(() => mutate(), [mutate]);
  return (
    <Modal
      opened
      onClose={onClose}
      title="A link for the customer"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm" className="name">
          Whoever opens it first sees the usage, keys, limits and invoices of “{name}”, for an hour, and can change
          nothing.
          {make.isSuccess && (
            <>
              {' '}
              It waits until <Time at={make.data.expires_at} />.
            </>
          )}
        </Text>
        {make.isError && <ProblemAlert error={make.error} />}
        <Code block className="name" mih={56} data-link>
          {make.data?.url ?? '…'}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={make.data?.url ?? ''}>
            {({ copied, copy }) => (
              <Button onClick={copy} disabled={!make.isSuccess} variant={copied ? 'light' : 'filled'}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
