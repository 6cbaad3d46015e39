// What invoices say of a customer, and how it is taxed.

import { Button, Group, Modal, MultiSelect, Select, Skeleton, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { type BuyerTerms, buyerQuery, taxRatesQuery } from './billing-queries.ts';
import { draftOfParty, partyOfDraft, textOrNull } from './party-draft.ts';
import { PartyFields } from './party-fields.tsx';

interface BuyerPanelProps {
  readonly customer: string;
  readonly isWriter: boolean;
}

export function BuyerPanel({ customer, isWriter }: BuyerPanelProps) {
  const [isEditing, setEditing] = useState(false);
  const asked = useQuery(buyerQuery(customer));
  const terms = asked.data;
  return (
    <Panel
      title="On invoices"
      aside={
        isWriter &&
        terms !== undefined && (
          <Button size="xs" variant="default" onClick={() => setEditing(true)}>
            Edit
          </Button>
        )
      }
    >
      {asked.error !== null && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {terms === undefined && asked.error === null && <Skeleton h={120} />}
      {terms !== undefined && <BuyerFacts terms={terms} />}
      {terms !== undefined && isEditing && <EditBuyer terms={terms} onClose={() => setEditing(false)} />}
    </Panel>
  );
}

function BuyerFacts({ terms }: { readonly terms: BuyerTerms }) {
  const rates = useQuery(taxRatesQuery);
  const rateText = (id: string): string => {
    const rate = rates.data?.find((one) => one.id === id);
    return rate === undefined ? id : `${rate.name} ${rate.percent} %`;
  };
  return (
    <Facts
      facts={[
        ['Name', terms.name],
        ['Address', [...terms.address, terms.country ?? ''].filter(Boolean).join(', ') || '–'],
        ['Tax ids', terms.tax_ids.map(({ kind, value }) => `${kind.toUpperCase()} ${value}`).join(', ') || '–'],
        ['E-mail', terms.email ?? '–'],
        ['Purchase order', terms.purchase_order ?? '–'],
        ['Due after', terms.payment_term_days === null ? "the organization's days" : `${terms.payment_term_days} days`],
        ['Tax', taxText(terms.tax, rateText)],
        ['Requests', terms.prepaid_only ? 'as far as its credit goes' : 'also beyond its credit'],
        ['Told of low credit', terms.low_balance === null ? '–' : `below ${terms.low_balance}`],
      ]}
    />
  );
}

function taxText(tax: BuyerTerms['tax'], rateText: (id: string) => string): string {
  switch (tax.kind) {
    case 'taxed':
      return `${tax.rates.map(rateText).join(', ')}, ${tax.prices === 'added' ? 'on top' : 'included in the lines'}`;
    case 'reverse_charge':
      return 'Reverse charge';
    case 'exempt':
      return `Exempt: ${tax.text}`;
    case 'none':
      return 'None';
  }
}

const TAX_KINDS = [
  { value: 'none', label: 'None' },
  { value: 'added', label: 'Rates, on top of the lines' },
  { value: 'included', label: 'Rates, included in the lines' },
  { value: 'reverse_charge', label: 'Reverse charge' },
  { value: 'exempt', label: 'Exempt' },
];

function EditBuyer({ terms, onClose }: { readonly terms: BuyerTerms; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const rates = useQuery(taxRatesQuery);
  const [party, setParty] = useState(() => draftOfParty(terms));
  const [order, setOrder] = useState(terms.purchase_order ?? '');
  const [days, setDays] = useState(terms.payment_term_days === null ? '' : String(terms.payment_term_days));
  const [lowBalance, setLowBalance] = useState(terms.low_balance ?? '');
  const [isPrepaidOnly, setPrepaidOnly] = useState(terms.prepaid_only);
  const [taxKind, setTaxKind] = useState<string>(terms.tax.kind === 'taxed' ? terms.tax.prices : terms.tax.kind);
  const [taxRates, setTaxRates] = useState<readonly string[]>(terms.tax.kind === 'taxed' ? terms.tax.rates : []);
  const [taxReason, setTaxReason] = useState('text' in terms.tax ? terms.tax.text : '');
  const hasRates = taxKind === 'added' || taxKind === 'included';
  const save = useMutation({
    mutationFn: () =>
      bodyOf(
        api.PUT('/v1/customers/{id}/billing', {
          params: { path: { id: terms.customer } },
          body: {
            ...partyOfDraft(party),
            purchase_order: textOrNull(order),
            payment_term_days: days.trim() === '' ? null : Number(days),
            low_balance: textOrNull(lowBalance),
            prepaid_only: isPrepaidOnly,
            tax: taxOf({ kind: taxKind, rates: taxRates, text: taxReason.trim() }),
          },
        }),
      ),
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['billing'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const isReady =
    /^\d{0,3}$/.test(days.trim()) &&
    (!hasRates || taxRates.length > 0) &&
    (taxKind !== 'exempt' || taxReason.trim() !== '');
  return (
    <Modal opened onClose={onClose} title="On invoices" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <PartyFields draft={party} onChange={setParty} />
          <TextInput
            label="Purchase order"
            maxLength={100}
            value={order}
            onChange={(event) => setOrder(event.currentTarget.value)}
          />
          <TextInput
            label="Days until an invoice is due"
            placeholder="The organization's"
            inputMode="numeric"
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
          />
          <Select
            label="Tax"
            data={TAX_KINDS}
            allowDeselect={false}
            value={taxKind}
            onChange={(value) => setTaxKind(value ?? 'none')}
          />
          {hasRates && (
            <MultiSelect
              label="Rates"
              maxValues={5}
              data={(rates.data ?? [])
                .filter(({ archived_at: at, id }) => at === null || taxRates.includes(id))
                .map(({ id, name, percent }) => ({ value: id, label: `${name} ${percent} %` }))}
              value={[...taxRates]}
              onChange={setTaxRates}
            />
          )}
          {(taxKind === 'exempt' || taxKind === 'reverse_charge') && (
            <TextInput
              label="What the invoice says of it"
              maxLength={500}
              required={taxKind === 'exempt'}
              value={taxReason}
              onChange={(event) => setTaxReason(event.currentTarget.value)}
            />
          )}
          <TextInput
            label="Tell when its credit falls below"
            inputMode="decimal"
            value={lowBalance}
            onChange={(event) => setLowBalance(event.currentTarget.value)}
          />
          <Switch
            label="Admit requests only as far as its credit goes"
            checked={isPrepaidOnly}
            onChange={(event) => setPrepaidOnly(event.currentTarget.checked)}
          />
          {save.isError && <ProblemAlert error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isReady}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type NewTax =
  | { kind: 'taxed'; rates: string[]; prices: 'added' | 'included' }
  | { kind: 'reverse_charge'; text?: string }
  | { kind: 'exempt'; text: string }
  | { kind: 'none' };

function taxOf(of: { readonly kind: string; readonly rates: readonly string[]; readonly text: string }): NewTax {
  switch (of.kind) {
    case 'added':
    case 'included':
      return { kind: 'taxed', rates: [...of.rates], prices: of.kind };
    case 'reverse_charge':
      return { kind: of.kind, ...(of.text === '' ? {} : { text: of.text }) };
    case 'exempt':
      return { kind: of.kind, text: of.text };
    default:
      return { kind: 'none' };
  }
}
