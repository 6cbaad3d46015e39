// On what terms customers are billed: everything that is said before an invoice is made.

import type { Clock, IdGenerator } from '@tollgate/runtime';
import type { Route } from '../route.ts';
import { buyerTermsRoutes } from './buyer-terms-routes.ts';
import { couponRoutes } from './coupon-routes.ts';
import { creditRoutes } from './credit-routes.ts';
import { planRoutes } from './plan-routes.ts';
import { sellerTermsRoutes } from './seller-terms-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { taxRateRoutes } from './tax-rate-routes.ts';

export interface BillingTermOptions {
  readonly clock: Clock;
  readonly newId: IdGenerator;
}

export function billingTermRoutes(options: BillingTermOptions): readonly Route[] {
  return [
    ...sellerTermsRoutes(),
    ...buyerTermsRoutes(options),
    ...planRoutes(options),
    ...subscriptionRoutes(options),
    ...couponRoutes(options),
    ...taxRateRoutes(options),
    ...creditRoutes(options),
  ];
}
