// Writes a credit note: of all that is left of an invoice, or of amounts of some of its lines.

import { Button, Group, Modal, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { exactMoney } from '../format/number.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import type { Invoice } from './invoice-queries.ts';
import { SETTLEMENT_NAMES, SETTLEMENTS, type Settlement } from './settlements.ts';

interface CreditInvoiceProps {
  readonly invoice: Invoice;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

export function CreditInvoice({ invoice, onClose, onDone }: CreditInvoiceProps) {
  const { currency, lines } = invoice.document;
  const number = invoice.number ?? invoice.id;
  const [scope, setScope] = useState<'all' | 'lines'>('all');
  const [amounts, setAmounts] = useState<Readonly<Record<string, string>>>({});
  const [settlement, setSettlement] = useState<Settlement>(invoice.state === 'paid' ? 'balance' : 'invoice');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const chosen = Object.entries(amounts).flatMap(([line, amount]) =>
    amount.trim() === '' ? [] : [{ line, amount: amount.trim() }],
  );
  const credit = useMutation({
    mutationFn: () => {
      const body = { reason: reason.trim(), settlement, ...(scope === 'all' ? {} : { lines: chosen }) };
      return bodyOf(api.POST('/v1/invoices/{id}/credit-notes', { params: { path: { id: invoice.id } }, body }));
    },
    onSuccess: onDone,
  });
  const isReady = typed.trim() === number && reason.trim() !== '' && (scope === 'all' || chosen.length > 0);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) credit.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Credit note" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">A document of its own, with a number of its own. The invoice stays as it is.</Text>
          <Radio.Group
            label="What is credited"
            value={scope}
            onChange={(value) => setScope(value === 'lines' ? 'lines' : 'all')}
          >
            <Group mt="xs">
              <Radio value="all" label="All that is left of it" />
              <Radio value="lines" label="Some of its lines" />
            </Group>
          </Radio.Group>
          {scope === 'lines' &&
            lines.map(({ id, description, amount }) => (
              <TextInput
                key={id}
                label={description}
                className="name"
                description={`Of ${exactMoney(amount, currency)}, without tax`}
                inputMode="decimal"
                placeholder="0"
                value={amounts[id] ?? ''}
                onChange={(event) => setAmounts({ ...amounts, [id]: event.currentTarget.value })}
              />
            ))}
          <Select
            label="How it is settled"
            allowDeselect={false}
            data={SETTLEMENTS.map((value) => ({ value, label: SETTLEMENT_NAMES[value] }))}
            value={settlement}
            onChange={(value) => setSettlement(SETTLEMENTS.find((one) => one === value) ?? 'invoice')}
          />
          <Textarea
            label="Reason, which stands on the credit note"
            required
            maxLength={500}
            autosize
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <TextInput
            label={`Type the number to confirm: ${number}`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {credit.isError && <ProblemAlert error={credit.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" disabled={!isReady} loading={credit.isPending}>
              Credit it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
