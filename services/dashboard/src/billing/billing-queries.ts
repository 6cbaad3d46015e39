// What the pages of billing terms ask for.

import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { ProblemError } from '../api/problem.ts';

const LISTED = 1_000;

/** Null until somebody has said who sells. */
async function readSeller() {
  try {
    return await bodyOf(api.GET('/v1/organization/billing'));
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}

export type Seller = Awaited<ReturnType<typeof readSeller>>;

export const sellerQuery = queryOptions({ queryKey: ['billing', 'seller'], queryFn: readSeller });

export const taxRatesQuery = queryOptions({
  queryKey: ['billing', 'tax-rates'],
  queryFn: async () => (await bodyOf(api.GET('/v1/tax-rates', { params: { query: { limit: LISTED } } }))).data,
});

export const couponsQuery = queryOptions({
  queryKey: ['billing', 'coupons'],
  queryFn: async () => (await bodyOf(api.GET('/v1/coupons', { params: { query: { limit: LISTED } } }))).data,
});

async function readBuyer(id: string) {
  return await bodyOf(api.GET('/v1/customers/{id}/billing', { params: { path: { id } } }));
}

export type BuyerTerms = Awaited<ReturnType<typeof readBuyer>>;

export const buyerQuery = (id: string) =>
  queryOptions({ queryKey: ['billing', 'buyer', id], queryFn: () => readBuyer(id) });

export const subscriptionsQuery = (customer: string) =>
  queryOptions({
    queryKey: ['billing', 'subscriptions', customer],
    queryFn: async () =>
      (await bodyOf(api.GET('/v1/subscriptions', { params: { query: { customer, limit: LISTED } } }))).data,
  });

export const creditQuery = (id: string) =>
  queryOptions({
    queryKey: ['billing', 'credit', id],
    queryFn: () => bodyOf(api.GET('/v1/customers/{id}/credit', { params: { path: { id } } })),
  });

export const grantsQuery = (customer: string) =>
  queryOptions({
    queryKey: ['billing', 'grants', customer],
    queryFn: async () =>
      (await bodyOf(api.GET('/v1/credit-grants', { params: { query: { customer, limit: LISTED } } }))).data,
  });

export const givenCouponsQuery = (id: string) =>
  queryOptions({
    queryKey: ['billing', 'given-coupons', id],
    queryFn: async () => (await bodyOf(api.GET('/v1/customers/{id}/coupons', { params: { path: { id } } }))).data,
  });
