// The port of what has to be decided at once and by all processes together: rates of API keys, and sources that guess.

/** The limits of one API key. */
export interface KeyRates {
  readonly keyId: string;
  /** Null for the operator's own keys. */
  readonly customerId: string | null;
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** How it stands with one limit of a key. */
export interface Standing {
  readonly name: 'requests' | 'tokens';
  readonly perMinute: number;
  readonly remaining: number;
  /** 0 when this limit allows the request. */
  readonly retryAfterMs: number;
  /** Until the whole of it is there again. */
  readonly resetAfterMs: number;
}

export interface RateVerdict {
  readonly isAllowed: boolean;
  /** One for each limit that the key has. */
  readonly standings: readonly Standing[];
}

/** What one record of the log used. */
export interface TokenCharge {
  readonly keyId: string;
  readonly customerId: string;
  readonly tokensPerMinute: number;
  readonly position: bigint;
  readonly tokens: bigint;
}

/** The records are those of one partition of the log, by ascending position. */
export interface ChargedPartition {
  readonly epoch: number;
  readonly partition: number;
  readonly charges: readonly TokenCharge[];
}

export interface Limits {
  /**
   * Charges one request, unless a limit of the key is used up; tokens are not charged, since nobody knows yet how many it
   * will be. Never rejects: while the shared state is away this process decides by itself.
   */
  admit(key: KeyRates): Promise<RateVerdict>;
  /**
   * Charges tokens that were used, past the end of the limit if need be. A record that is charged again changes nothing.
   * Rejects when the shared state is away: then some are charged and others are not.
   */
  chargeTokens(charged: ChargedPartition): Promise<void>;
  close(): Promise<void>;
}

/** Sources that fail to authenticate, again and again, are refused before their credentials are looked at. */
export interface Lockouts {
  /** Whole seconds after which the source may try again; undefined when it may now. No I/O. */
  retryAfterSeconds(source: string): number | undefined;
  /** Another failure of this source. Counts here at once, and in all processes within a second. */
  failed(source: string): void;
  /** True while no source is known to have failed: then nothing has to be asked. */
  readonly isQuiet: boolean;
  close(): Promise<void>;
}
