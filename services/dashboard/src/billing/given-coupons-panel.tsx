// The coupons that a customer has. Coupons themselves are the operator's to list; a customer sees that it has one.

import { Button, Group, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { useZone } from '../shell/zone.tsx';
import { couponsQuery, givenCouponsQuery } from './billing-queries.ts';
import { couponText } from './coupon-text.ts';

interface GivenCouponsPanelProps {
  readonly customer: string;
  readonly isWriter: boolean;
}

type Given = NonNullable<ReturnType<typeof useGiven>['data']>[number];

function useGiven(customer: string) {
  return useQuery(givenCouponsQuery(customer));
}

export function GivenCouponsPanel({ customer, isWriter }: GivenCouponsPanelProps) {
  const zone = useZone();
  const queries = useQueryClient();
  const given = useGiven(customer);
  const coupons = useQuery({ ...couponsQuery, enabled: isWriter });
  const [taken, setTaken] = useState<Given | null>(null);
  const takeBack = useMutation({
    mutationFn: (one: Given) =>
      api.DELETE('/v1/customers/{id}/coupons/{given}', { params: { path: { id: customer, given: one.id } } }),
    async onSuccess() {
      setTaken(null);
      await queries.invalidateQueries({ queryKey: ['billing', 'given-coupons'] });
    },
  });
  const nameOf = (id: string): string => {
    const coupon = coupons.data?.find((one) => one.id === id);
    return coupon === undefined ? id : `${coupon.description} (${couponText(coupon)})`;
  };
  const columns: readonly Column<Given>[] = [
    { name: 'Coupon', cell: ({ coupon }) => <div className="name clamped strong">{nameOf(coupon)}</div> },
    {
      name: 'Invoices',
      isNumber: true,
      cell: ({ invoices, max_invoices: max }) => (max === null ? invoices : `${invoices} of ${max}`),
    },
    { name: `From (${zone})`, cell: ({ start }) => <Time at={start} /> },
    { name: `Until (${zone})`, cell: ({ end }) => (end === null ? 'no end' : <Time at={end} />) },
    ...(isWriter
      ? [
          {
            name: '',
            isNumber: true,
            cell: (one: Given) =>
              (one.end === null || Date.parse(one.end) > Date.now()) && (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Take back ${nameOf(one.coupon)}`}
                  onClick={() => setTaken(one)}
                >
                  Take back
                </Button>
              ),
          },
        ]
      : []),
  ];
  const hasSome = given.error !== null || (given.data ?? []).length > 0;
  return (
    <>
      {hasSome && (
        <DataTable
          label="Coupons"
          columns={columns}
          rows={given.data}
          keyOf={({ id }) => id}
          error={given.error}
          onRetry={() => void given.refetch()}
          empty={null}
        />
      )}
      {isWriter && (coupons.data ?? []).length > 0 && (
        <GiveCoupon
          customer={customer}
          options={(coupons.data ?? [])
            .filter(({ archived_at: at }) => at === null)
            .map((coupon) => ({ value: coupon.id, label: `${coupon.description} (${couponText(coupon)})` }))}
        />
      )}
      {taken !== null && (
        <Confirm
          title="Take the coupon back"
          act="Take it back"
          error={takeBack.error}
          isPending={takeBack.isPending}
          onConfirm={() => takeBack.mutate(taken)}
          onClose={() => setTaken(null)}
        >
          It is for no invoice whose period ends from now on. Invoices that are finalized keep it.
        </Confirm>
      )}
    </>
  );
}

interface GiveCouponProps {
  readonly customer: string;
  readonly options: { value: string; label: string }[];
}

function GiveCoupon({ customer, options }: GiveCouponProps) {
  const queries = useQueryClient();
  const [coupon, setCoupon] = useState<string | null>(null);
  const give = useMutation({
    mutationFn: (id: string) =>
      bodyOf(api.POST('/v1/customers/{id}/coupons', { params: { path: { id: customer } }, body: { coupon: id } })),
    async onSuccess() {
      setCoupon(null);
      await queries.invalidateQueries({ queryKey: ['billing', 'given-coupons'] });
    },
  });
  return (
    <div>
      <Group align="flex-end" gap="sm">
        <Select
          size="xs"
          w={260}
          label="Give a coupon"
          placeholder="Choose one"
          searchable
          clearable
          data={options}
          value={coupon}
          onChange={setCoupon}
        />
        <Button
          size="xs"
          variant="default"
          disabled={coupon === null}
          loading={give.isPending}
          onClick={() => coupon !== null && give.mutate(coupon)}
        >
          Give it
        </Button>
      </Group>
      {give.isError && <ProblemAlert error={give.error} />}
    </div>
  );
}
