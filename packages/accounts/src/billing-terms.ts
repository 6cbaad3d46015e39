// The part of the port that says on what terms a customer is billed: who sells and who buys, plans and their versions,
// subscriptions, coupons, taxes and credit.

import type {
  CanonicalParty,
  Coupon,
  CreditEntry,
  CreditGrant,
  PlanTerms,
  TaxRate,
  TaxTreatment,
  TimeSpan,
} from '@tollgate/domain';

/** What invoices say of a party, besides its id. */
export type PartyDetails = Omit<CanonicalParty, 'id'>;

/** What the organization says on its invoices. */
export interface SellerTerms {
  readonly party: PartyDetails;
  /** How to pay; null: nothing is said. */
  readonly paymentDetails: string | null;
  /** Numbers are the prefix and a sequence without gaps: `INV-000042`. Another prefix begins another series. */
  readonly numberPrefix: string;
  /** Days from the issue of an invoice until it is due. */
  readonly paymentTermDays: number;
  /** From the end of a period until its draft is finalized by itself; null: only by an explicit act. */
  readonly graceMs: number | null;
  /** The code of the account for sales in Xero, for the files that it imports. */
  readonly xeroAccount: string;
}

/** A tax treatment by the ids of its rates. */
export type TaxTerms =
  | { readonly kind: 'taxed'; readonly rateIds: readonly string[]; readonly prices: 'included' | 'added' }
  | Exclude<TaxTreatment, { kind: 'taxed' }>;

export interface BuyerTerms {
  readonly customerId: string;
  readonly party: PartyDetails;
  readonly purchaseOrder: string | null;
  /** Null: the seller's. */
  readonly paymentTermDays: number | null;
  readonly tax: TaxTerms;
  /** Admitted only as far as its credit goes. */
  readonly isPrepaidOnly: boolean;
  /** Told once when the balance falls below it; null: never. */
  readonly lowBalanceMinor: bigint | null;
}

interface PrepaidLimit {
  readonly customerId: string;
  readonly limitId: string;
  readonly sinceMs: number;
}

export interface Plan {
  readonly id: string;
  readonly name: string;
  /** ISO 4217; customers of another currency cannot subscribe. */
  readonly currency: string;
  readonly archivedAtMs: number | null;
  readonly createdAtMs: number;
}

export interface StoredPlan extends Plan {
  readonly latestVersion: number;
}

/** Immutable. */
export interface PlanVersion {
  readonly planId: string;
  /** From 1. */
  readonly version: number;
  readonly terms: PlanTerms;
  readonly createdAtMs: number;
  /** The API key. */
  readonly createdBy: string;
}

/** A customer's use of one version of a plan; those of one customer never overlap. A change is an end and a start. */
export interface Subscription {
  readonly id: string;
  readonly customerId: string;
  readonly planId: string;
  readonly planVersion: number;
  readonly startMs: number;
  /** Exclusive; null: until it is ended. */
  readonly endMs: number | null;
  readonly createdAtMs: number;
}

/** A coupon as it was made; it never changes. */
export interface StoredCoupon extends Coupon {
  /** Of an amount; null for hundredths. */
  readonly currency: string | null;
  readonly archivedAtMs: number | null;
  readonly createdAtMs: number;
}

/** Given to a customer for the invoices whose period ends in this time. The same one is not given twice for a time. */
export interface CustomerCoupon {
  readonly id: string;
  readonly customerId: string;
  readonly couponId: string;
  readonly startMs: number;
  readonly endMs: number | null;
  /** On how many invoices at most; null: on all. */
  readonly invoicesMax: number | null;
  readonly createdAtMs: number;
}

/** With the invoices that it was applied on: finalized ones that are not void, by the coupon in their content. */
export interface GivenCoupon extends CustomerCoupon {
  readonly invoicesUsed: number;
}

export interface StoredTaxRate extends TaxRate {
  readonly country: string | null;
  readonly archivedAtMs: number | null;
  readonly createdAtMs: number;
}

export interface StoredGrant extends CreditGrant {
  readonly customerId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly description: string;
}

interface Page {
  readonly limit: number;
  readonly after?: string;
}

export interface BillingTermRecords {
  sellerTerms(): Promise<SellerTerms | null>;
  saveSellerTerms(terms: SellerTerms): Promise<void>;
  buyerTerms(customerId: string): Promise<BuyerTerms | null>;
  saveBuyerTerms(terms: BuyerTerms): Promise<void>;
  /** The limit that holds a customer to its credit, and from when on use counts against it; null: it does not pay ahead. */
  prepaidLimit(customerId: string): Promise<PrepaidLimit | null>;
  /** From then on the limit's amount follows the customer's credit, in the transaction of each entry. */
  bindPrepaidLimit(limit: PrepaidLimit): Promise<void>;
  releasePrepaidLimit(customerId: string): Promise<void>;

  createPlan(plan: Plan, first: PlanVersion): Promise<void>;
  addPlanVersion(version: PlanVersion): Promise<void>;
  /** Nobody else adds a version, or archives it, before the transaction ends. */
  lockPlan(id: string): Promise<StoredPlan | null>;
  plan(id: string): Promise<StoredPlan | null>;
  plans(page: Page): Promise<readonly StoredPlan[]>;
  archivePlan(id: string, atMs: number): Promise<void>;
  planVersion(planId: string, version: number): Promise<PlanVersion | null>;
  /** The newest first. */
  planVersions(
    planId: string,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<readonly PlanVersion[]>;

  /** Refused (`conflict`) where it overlaps another one of the customer. */
  createSubscription(subscription: Subscription): Promise<void>;
  endSubscription(id: string, endMs: number): Promise<void>;
  subscription(id: string): Promise<Subscription | null>;
  subscriptions(
    filter: Page & { readonly customerId?: string; readonly planId?: string },
  ): Promise<readonly Subscription[]>;
  /** Those that hold at some time of the span, the earliest first. */
  subscriptionsIn(customerId: string, span: TimeSpan): Promise<readonly Subscription[]>;

  createCoupon(coupon: StoredCoupon): Promise<void>;
  coupon(id: string): Promise<StoredCoupon | null>;
  coupons(page: Page): Promise<readonly StoredCoupon[]>;
  archiveCoupon(id: string, atMs: number): Promise<void>;
  giveCoupon(given: CustomerCoupon): Promise<void>;
  /** Ends it then, if it does not end before. */
  takeCouponBack(id: string, endMs: number): Promise<void>;
  customerCoupon(id: string): Promise<GivenCoupon | null>;
  /** In the order in which they were given, which is the one in which they are applied. */
  customerCoupons(customerId: string): Promise<readonly GivenCoupon[]>;

  createTaxRate(rate: StoredTaxRate): Promise<void>;
  taxRates(page: Page): Promise<readonly StoredTaxRate[]>;
  taxRatesById(ids: readonly string[]): Promise<readonly StoredTaxRate[]>;
  archiveTaxRate(id: string, atMs: number): Promise<void>;

  /** With the entry of what is granted. */
  createGrant(grant: StoredGrant): Promise<void>;
  grant(id: string): Promise<StoredGrant | null>;
  grants(filter: Page & { readonly customerId?: string }): Promise<readonly StoredGrant[]>;
  /** What is left of these grants. */
  creditLeft(grantIds: readonly string[]): Promise<ReadonlyMap<string, bigint>>;
  /** Of the customer, in the order of writing. */
  creditEntries(customerId: string): Promise<readonly CreditEntry[]>;
  /**
   * An entry whose id is there already changes nothing. Append-only. Refused (`conflict`) where a balance would be negative.
   * Tells of a balance that falls below what the customer wants to be told of, and keeps the limit of one that pays ahead.
   */
  appendCreditEntries(entries: readonly CreditEntry[]): Promise<void>;
  /** Customers with something left of a grant that has expired. */
  customersWithExpiredCredit(nowMs: number, limit: number): Promise<readonly string[]>;
}
