// What the operator can do with an invoice, each act confirmed by name: none of them can be undone.

import { Button, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { holds, useSession } from '../session/session.ts';
import { ActWithReason } from './act-with-reason.tsx';
import { CreditInvoice } from './credit-invoice.tsx';
import { FinalizeSummary } from './finalize-summary.tsx';
import type { Invoice } from './invoice-queries.ts';

type Act = 'finalize' | 'pay' | 'uncollectible' | 'void' | 'credit';

const ACT_NAMES: Readonly<Record<Exclude<Act, 'finalize'>, string>> = {
  pay: 'Mark as paid',
  uncollectible: 'Mark as uncollectible',
  credit: 'Credit it',
  void: 'Make it void',
};
const POSSIBLE: Readonly<Record<Invoice['state'], readonly Exclude<Act, 'finalize'>[]>> = {
  draft: [],
  finalized: ['pay', 'uncollectible', 'credit', 'void'],
  uncollectible: ['pay', 'credit', 'void'],
  paid: ['credit'],
  void: [],
};
/** A longer one is asked for by the id of the invoice: nobody can type it. */
const TYPED_LENGTH_MAX = 60;

export function InvoiceActs({ invoice }: { readonly invoice: Invoice }) {
  const session = useSession();
  const queries = useQueryClient();
  const [act, setAct] = useState<Act | null>(null);
  const path = { id: invoice.id };
  const close = (): void => setAct(null);
  const done = async (): Promise<void> => {
    close();
    await queries.invalidateQueries({ queryKey: ['invoices'] });
  };
  const finalize = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/invoices/{id}/finalize', { params: { path }, body: {} })),
    onSuccess: done,
    onError: () => void queries.invalidateQueries({ queryKey: ['invoices', 'refusals', invoice.id] }),
  });
  if (!holds(session, 'billing:write')) return null;
  const buyer = invoice.document.buyer.name;
  const possible = POSSIBLE[invoice.state];
  return (
    <>
      {invoice.state === 'draft' && <Button onClick={() => setAct('finalize')}>Finalize</Button>}
      {possible.length > 0 && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button>Actions</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {possible.map((one) => (
              <Menu.Item key={one} onClick={() => setAct(one)} {...(one === 'void' ? { color: 'red' } : {})}>
                {ACT_NAMES[one]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {act === 'finalize' && (
        <ConfirmByName
          title="Finalize"
          what={<FinalizeSummary invoice={invoice} />}
          name={buyer.length > TYPED_LENGTH_MAX || buyer === '' ? invoice.id : buyer}
          error={finalize.error}
          isPending={finalize.isPending}
          onConfirm={() => finalize.mutate()}
          onClose={close}
        />
      )}
      {act === 'credit' && <CreditInvoice invoice={invoice} onClose={close} onDone={done} />}
      {(act === 'pay' || act === 'uncollectible' || act === 'void') && (
        <ActWithReason act={act} title={ACT_NAMES[act]} invoice={invoice} onClose={close} onDone={done} />
      )}
    </>
  );
}
