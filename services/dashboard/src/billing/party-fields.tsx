// The fields of a seller or buyer.

import { Textarea, TextInput } from '@mantine/core';
import type { PartyDraft } from './party-draft.ts';

interface PartyFieldsProps {
  readonly draft: PartyDraft;
  readonly onChange: (draft: PartyDraft) => void;
}

export function PartyFields({ draft, onChange }: PartyFieldsProps) {
  const change = (changes: Partial<PartyDraft>): void => onChange({ ...draft, ...changes });
  return (
    <>
      <TextInput
        label="Name"
        maxLength={200}
        data-autofocus
        value={draft.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <TextInput
        label="Country, two letters"
        maxLength={2}
        placeholder="DE"
        value={draft.country}
        onChange={(event) => change({ country: event.currentTarget.value })}
      />
      <TextInput
        label="E-mail"
        type="email"
        value={draft.email}
        onChange={(event) => change({ email: event.currentTarget.value })}
      />
      <Textarea
        label="Address, line by line"
        autosize
        minRows={2}
        value={draft.address}
        onChange={(event) => change({ address: event.currentTarget.value })}
      />
      <Textarea
        label="Tax ids, one a line"
        placeholder="vat DE123456789"
        autosize
        minRows={2}
        value={draft.taxIds}
        onChange={(event) => change({ taxIds: event.currentTarget.value })}
      />
    </>
  );
}
