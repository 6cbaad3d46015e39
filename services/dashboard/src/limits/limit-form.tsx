// Sets a limit, or other terms for one that is there. Of whom it is, what it counts and in which time stay what they are.

import { Button, Group, Input, Modal, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { useNames } from '../parts/names.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { draftOf, type LimitDraft, NEW_LIMIT, newLimitOf, termsOf } from './limit-draft.ts';
import { LimitOwner } from './limit-owner.tsx';
import { METRIC_NAMES, scopeName, termsText, WINDOW_NAMES } from './limit-text.ts';
import { type Limit, METRICS, WINDOWS } from './limits-query.ts';

interface LimitFormProps {
  /** Absent: a new one. */
  readonly limit?: Limit;
  readonly onClose: () => void;
}

type Change = (changes: Partial<LimitDraft>) => void;

export function LimitForm({ limit, onClose }: LimitFormProps) {
  const queries = useQueryClient();
  const nameOf = useNames();
  const [draft, setDraft] = useState(limit === undefined ? NEW_LIMIT : draftOf(limit));
  const change: Change = (changes) => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () =>
      limit === undefined
        ? bodyOf(api.POST('/v1/limits', { body: newLimitOf(draft) }))
        : bodyOf(api.PATCH('/v1/limits/{id}', { params: { path: { id: limit.id } }, body: termsOf(draft) })),
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['limits'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const title = limit === undefined ? 'New limit' : 'Edit the limit';
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          {limit === undefined ? (
            <>
              <LimitOwner draft={draft} change={change} />
              <Counted draft={draft} change={change} />
            </>
          ) : (
            <Text size="sm" className="dim name">
              {termsText(limit)} of {scopeName(limit, nameOf)}. To count something else, make another limit.
            </Text>
          )}
          <Terms draft={draft} change={change} currency={limit?.currency ?? null} isNew={limit === undefined} />
          {save.isError && <ProblemAlert error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {limit === undefined ? 'Create' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface PartProps {
  readonly draft: LimitDraft;
  readonly change: Change;
}

function Counted({ draft, change }: PartProps) {
  return (
    <Group grow align="flex-start">
      <Select
        label="Counts"
        allowDeselect={false}
        data={METRICS.map((value) => ({ value, label: METRIC_NAMES[value] }))}
        value={draft.metric}
        onChange={(metric) => metric !== null && change({ metric })}
      />
      <Select
        label="In"
        allowDeselect={false}
        data={WINDOWS.map((value) => ({ value, label: WINDOW_NAMES[value] }))}
        value={draft.window}
        onChange={(window) => window !== null && change({ window })}
      />
    </Group>
  );
}

function Terms({
  draft,
  change,
  currency,
  isNew,
}: PartProps & { readonly currency: string | null; readonly isNew: boolean }) {
  const isMoney = draft.metric === 'cost';
  const unit = isMoney ? (currency ?? "in the customer's currency") : METRIC_NAMES[draft.metric].toLowerCase();
  return (
    <>
      <TextInput
        label={`Amount (${unit})`}
        placeholder={isMoney ? '25.00' : '10,000'}
        required
        inputMode={isMoney ? 'decimal' : 'numeric'}
        autoComplete="off"
        {...(isNew ? {} : { 'data-autofocus': true })}
        value={draft.amount}
        onChange={(event) => change({ amount: event.currentTarget.value })}
      />
      <div>
        <Input.Label labelElement="div" mb={4} id="limit-mode">
          When it is used up
        </Input.Label>
        <SegmentedControl
          fullWidth
          aria-labelledby="limit-mode"
          value={draft.mode}
          onChange={(mode) => change({ mode })}
          data={[
            { value: 'block', label: 'Refuse requests' },
            { value: 'alert', label: 'Only tell' },
          ]}
        />
      </div>
      <TextInput
        label="Only models"
        description="Every model when empty; * stands for any text."
        placeholder="gpt-4o*"
        autoComplete="off"
        value={draft.model}
        onChange={(event) => change({ model: event.currentTarget.value })}
      />
      <TextInput
        label="Tells at (percent of the amount)"
        description="By webhook, once in each window."
        autoComplete="off"
        value={draft.thresholds}
        onChange={(event) => change({ thresholds: event.currentTarget.value })}
      />
      <TextInput
        label="Admitted while its counter is not known"
        description="Nothing when empty: requests are refused until it is known again."
        placeholder="Nothing"
        autoComplete="off"
        value={draft.allowance}
        onChange={(event) => change({ allowance: event.currentTarget.value })}
      />
      {draft.mode === 'block' && (
        <Switch
          label="Refuse events too, from keys that report their own use"
          checked={draft.refusesEvents}
          onChange={(event) => change({ refusesEvents: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
