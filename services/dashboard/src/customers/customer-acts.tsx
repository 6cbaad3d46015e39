// What can be done with a customer, each in its own window on top of the page. Customers are never deleted: what they used and
// what they were billed stays; one that is gone is suspended.

import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { CustomerForm } from './customer-form.tsx';
import type { Customer } from './customer-query.ts';
import { PortalLink } from './portal-link.tsx';
import { SuspendCustomer } from './suspend-customer.tsx';

export function CustomerMenu({ customer }: { readonly customer: Customer }) {
  const [act, setAct] = useState<'edit' | 'suspend' | 'link' | null>(null);
  const close = (): void => setAct(null);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="default" aria-label={`Actions for ${customer.name}`}>
            …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAct('edit')}>Edit</Menu.Item>
          <Menu.Item onClick={() => setAct('link')}>Make a link for it</Menu.Item>
          {customer.suspended_at === null ? (
            <Menu.Item color="red" onClick={() => setAct('suspend')}>
              Suspend
            </Menu.Item>
          ) : (
            <Menu.Item onClick={() => setAct('suspend')}>Resume</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {act === 'edit' && <CustomerForm customer={customer} onClose={close} />}
      {act === 'suspend' && <SuspendCustomer customer={customer} onClose={close} />}
      {act === 'link' && <PortalLink customer={customer} onClose={close} />}
    </>
  );
}
