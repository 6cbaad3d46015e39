// An act on a finalized invoice, with a reason for the audit log, confirmed by the invoice's number.

import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import type { Invoice } from './invoice-queries.ts';

type ReasonedAct = 'pay' | 'uncollectible' | 'void';

interface ActWithReasonProps {
  readonly act: ReasonedAct;
  readonly title: string;
  readonly invoice: Invoice;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

const WHAT: Readonly<Record<ReasonedAct, string>> = {
  pay: 'It was paid. Once paid it stays paid: what was wrong with it is credited.',
  uncollectible: 'It is not expected to be paid. It can still be paid later, credited, or made void.',
  void: 'Everything that it did is taken back, its number stays used, and its period gets a new draft.',
};
const REASON_LABELS: Readonly<Record<ReasonedAct, string>> = {
  pay: 'Reference of the payment',
  uncollectible: 'Reason',
  void: 'Reason',
};

export function ActWithReason({ act, title, invoice, onClose, onDone }: ActWithReasonProps) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const number = invoice.number ?? invoice.id;
  const mutation = useMutation({
    mutationFn: () => perform(act, { id: invoice.id, reason: reason.trim() }),
    onSuccess: onDone,
  });
  const isReady = typed.trim() === number && (act !== 'void' || reason.trim() !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) mutation.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{WHAT[act]}</Text>
          <Textarea
            label={REASON_LABELS[act]}
            required={act === 'void'}
            maxLength={500}
            autosize
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <TextInput
            label={`Type the number to confirm: ${number}`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {mutation.isError && <ProblemAlert error={mutation.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              {...(act === 'pay' ? {} : { color: 'red' })}
              disabled={!isReady}
              loading={mutation.isPending}
            >
              {title}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

async function perform(act: ReasonedAct, { id, reason }: { readonly id: string; readonly reason: string }) {
  const params = { path: { id } };
  const given = reason === '' ? {} : { reason };
  switch (act) {
    case 'pay':
      return await bodyOf(api.POST('/v1/invoices/{id}/pay', { params, body: given }));
    case 'uncollectible':
      return await bodyOf(api.POST('/v1/invoices/{id}/uncollectible', { params, body: given }));
    case 'void':
      return await bodyOf(api.POST('/v1/invoices/{id}/void', { params, body: { reason } }));
  }
}
