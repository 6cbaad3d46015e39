// The prices' part of the port: writing versions, listing them, and reading all of them so that none is missed.
//
// A version is known from a second after it was written. Its writer holds a lock from before that instant is chosen until the
// commit; a reader of versions takes the same lock, shared. So what a reader reads is all that will ever be known until
// `completeUntilMs`: whoever writes later gets a later `knownFromMs`. Both instants are by the database's clock, and no other
// clock has a part in it.

import type { Markup, Price } from '@tollgate/domain';

/** Without `knownFromMs` the store sets it. Given, it must lie before anything that was ever received. */
type New<Version extends Price | Markup> = Omit<Version, 'knownFromMs'> & { readonly knownFromMs?: number };

export type NewPrice = New<Price>;
export type NewMarkup = New<Markup>;

export interface PriceFilter {
  readonly limit: number;
  /** The id after which to go on. */
  readonly after?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly class?: string;
  /** Null: the list's. */
  readonly customerId?: string | null;
  /** Versions whose time this is in, whether or not a later version took their place. */
  readonly atMs?: number;
}

export interface PriceRecords {
  /**
   * Until the end of the transaction nobody else adds versions, and nobody reads `priceVersions`. Taken by the creating
   * functions themselves; to be called before reading what a decision to create is made from.
   */
  lockPrices(): Promise<void>;
  /** All or none. Refused (`conflict`) when there would be more than the bound. */
  createPrices(prices: readonly NewPrice[]): Promise<readonly Price[]>;
  createMarkup(markup: NewMarkup): Promise<Markup>;
  price(id: string): Promise<Price | null>;
  prices(filter: PriceFilter): Promise<readonly Price[]>;
  markup(id: string): Promise<Markup | null>;
  markups(filter: {
    readonly limit: number;
    readonly after?: string;
    readonly customerId?: string;
  }): Promise<readonly Markup[]>;
}

/** What a reader has read so far. */
export interface PricePlace {
  readonly priceSequence: bigint;
  readonly markupSequence: bigint;
}

export interface PriceVersions {
  readonly prices: readonly Price[];
  readonly markups: readonly Markup[];
  /** To be given to go on. */
  readonly place: PricePlace;
  /** Milliseconds since the epoch: no version that is not read yet is known before this instant. */
  readonly completeUntilMs: number;
}
