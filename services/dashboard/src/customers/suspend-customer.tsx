// Suspends a customer, with a reason, or lets it go on.

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import type { Customer } from './customer-query.ts';

interface SuspendCustomerProps {
  readonly customer: Customer;
  readonly onClose: () => void;
}

export function SuspendCustomer({ customer: { id, name, suspended_at: suspendedAt }, onClose }: SuspendCustomerProps) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const isSuspended = suspendedAt !== null;
  const act = useMutation({
    mutationFn: () => {
      const params = { path: { id } };
      const said = reason.trim();
      return isSuspended
        ? bodyOf(api.POST('/v1/customers/{id}/resume', { params, body: said === '' ? {} : { reason: said } }))
        : bodyOf(api.POST('/v1/customers/{id}/suspend', { params, body: { reason: said } }));
    },
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['customers'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={isSuspended ? 'Resume the customer' : 'Suspend the customer'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" className="name">
            {isSuspended
              ? `The keys of “${name}” work again within a second, except those that are disabled or expired themselves.`
              : `All keys of “${name}” are refused within a second, until it is resumed. Usage that your gateway reports for it is still recorded.`}
          </Text>
          <TextInput
            label="Reason"
            description="For the audit log."
            required={!isSuspended}
            maxLength={500}
            data-autofocus
            autoComplete="off"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {act.isError && <ProblemAlert error={act.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={act.isPending} {...(isSuspended ? {} : { color: 'red' })}>
              {isSuspended ? 'Resume' : 'Suspend'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
