// Asks once more before letters are sent through again or discarded, and shows how far it is while it is done.

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { exactCount } from '../format/number.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { type Handled, handleDeadLetters, type Which } from './dead-letter-queries.ts';

interface HandleDeadLettersProps {
  readonly kind: 'replay' | 'discard';
  readonly which: Which;
  readonly onClose: () => void;
}

/** What is typed before something is done that cannot be undone. */
const WORD = 'discard';

export function HandleDeadLetters({ kind, which, onClose }: HandleDeadLettersProps) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [handled, setHandled] = useState<Handled>({ done: 0, left: 0 });
  const isDiscard = kind === 'discard';
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: () =>
      handleDeadLetters({ which, discardReason: isDiscard ? reason.trim() : null, onProgress: setHandled }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['dead-letters'] }),
  });
  const mayStart = !isDiscard || (reason.trim() !== '' && typed.trim() === WORD);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (mayStart) mutate();
  };
  const title = isDiscard ? 'Discard' : 'Replay';
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${title} ${subjectOf(which)}`}
      closeOnClickOutside={!isPending}
      closeOnEscape={!isPending}
      closeButtonProps={{ 'aria-label': 'Close', disabled: isPending }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">
            {isDiscard
              ? 'Their events are withdrawn: they are never counted or billed, and the books say so. This cannot be undone.'
              : 'Their events are sent through the log again. What can be counted now is counted once, with its own time; what cannot be stays here.'}
          </Text>
          {isDiscard && !isSuccess && (
            <>
              <TextInput
                label="Why"
                description="For the audit log."
                required
                maxLength={512}
                autoComplete="off"
                data-autofocus
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              <TextInput
                label={`Type ${WORD} to confirm`}
                autoComplete="off"
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            </>
          )}
          <Text size="sm" role="status" mih={22}>
            {(isPending || isSuccess) && progressText(handled, { isDiscard, isDone: isSuccess })}
          </Text>
          {error !== null && <ProblemAlert error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={isPending}>
              {isSuccess ? 'Close' : 'Cancel'}
            </Button>
            {!isSuccess && (
              <Button
                type="submit"
                color={isDiscard ? 'red' : 'toll'}
                loading={isPending}
                disabled={!mayStart}
                data-autofocus={isDiscard ? undefined : true}
              >
                {title}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function subjectOf(which: Which): string {
  if (which.kind === 'filtered') return 'all of these';
  return which.ids.length === 1 ? 'a dead letter' : `${which.ids.length} dead letters`;
}

interface Progress {
  readonly isDiscard: boolean;
  readonly isDone: boolean;
}

function progressText({ done, left }: Handled, { isDiscard, isDone }: Progress): string {
  const verb = isDiscard ? 'discarded' : 'sent through again';
  const rest = left === 0 ? '' : `; ${exactCount(left)} left as they were: gone, not readable, or counted meanwhile`;
  return `${exactCount(done)} ${verb}${rest}${isDone ? '.' : ' …'}`;
}
