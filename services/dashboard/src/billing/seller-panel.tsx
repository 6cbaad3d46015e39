// What invoices say of the organization, and when they are due. Until it was said, no invoice can be finalized.

import { Alert, Button, Group, Skeleton, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { holds, useSession } from '../session/session.ts';
import { type Seller, sellerQuery } from './billing-queries.ts';
import { draftOfParty, partyOfDraft, textOrNull } from './party-draft.ts';
import { PartyFields } from './party-fields.tsx';

const HOUR_SECONDS = 3_600;
const NOBODY = { name: '', address: [], country: null, tax_ids: [], email: null };
const WHOLE = /^\d{1,4}$/;

export function SellerPanel() {
  const asked = useQuery(sellerQuery);
  return (
    <Panel title="The seller on invoices">
      {asked.error !== null && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.data === undefined && asked.error === null && <Skeleton h={300} />}
      {asked.data === null && (
        <Alert color="orange" variant="light" className="notice" mb="md" title="Nobody has said who sells">
          No invoice can be finalized until this is saved.
        </Alert>
      )}
      {asked.data !== undefined && <SellerForm seller={asked.data} />}
    </Panel>
  );
}

function SellerForm({ seller }: { readonly seller: Seller }) {
  const session = useSession();
  const queries = useQueryClient();
  const [party, setParty] = useState(() => draftOfParty(seller ?? NOBODY));
  const [payment, setPayment] = useState(seller?.payment_details ?? '');
  const [prefix, setPrefix] = useState(seller?.number_prefix ?? 'INV');
  const [days, setDays] = useState(String(seller?.payment_term_days ?? 30));
  const [graceHours, setGraceHours] = useState(() => graceText(seller));
  const save = useMutation({
    mutationFn: () =>
      bodyOf(
        api.PUT('/v1/organization/billing', {
          body: {
            ...partyOfDraft(party),
            payment_details: textOrNull(payment),
            number_prefix: prefix.trim(),
            payment_term_days: Number(days),
            grace_seconds: graceHours.trim() === '' ? null : Number(graceHours) * HOUR_SECONDS,
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['billing', 'seller'] }),
  });
  const isReady = WHOLE.test(days) && (graceHours.trim() === '' || WHOLE.test(graceHours.trim()));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <div className="fields">
        <PartyFields draft={party} onChange={setParty} />
        <Textarea
          label="How to pay"
          autosize
          minRows={2}
          maxLength={2_000}
          value={payment}
          onChange={(event) => setPayment(event.currentTarget.value)}
        />
        <TextInput
          label="Prefix of numbers"
          maxLength={20}
          value={prefix}
          onChange={(event) => setPrefix(event.currentTarget.value.toUpperCase())}
        />
        <TextInput
          label="Days until an invoice is due"
          inputMode="numeric"
          value={days}
          error={WHOLE.test(days) ? undefined : 'A whole number'}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <TextInput
          label="Hours until a draft is finalized"
          placeholder="Only by hand"
          inputMode="numeric"
          value={graceHours}
          onChange={(event) => setGraceHours(event.currentTarget.value)}
        />
      </div>
      {save.isError && <ProblemAlert error={save.error} />}
      {holds(session, 'billing:write') && (
        <Group justify="flex-end" mt="md">
          {save.isSuccess && (
            <span role="status" className="settled">
              Saved
            </span>
          )}
          <Button type="submit" loading={save.isPending} disabled={!isReady}>
            Save
          </Button>
        </Group>
      )}
    </form>
  );
}

function graceText(seller: Seller): string {
  if (seller === null) return '24';
  return seller.grace_seconds === null ? '' : String(Math.round(seller.grace_seconds / HOUR_SECONDS));
}
