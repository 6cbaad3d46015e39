// The words of the port about how keys are used, and what was unusual about it.

import type { JsonObject, KeyUseFacts, UnusualUseRule } from '@tollgate/domain';

/** Requests of a key from one network, as a process gathered them. */
interface KeyActivity {
  readonly keyId: string;
  /** Null where it is not known. */
  readonly network: string | null;
  /** The time of the latest of the requests. */
  readonly atMs: number;
  readonly requests: bigint;
}

export interface KeyUse {
  readonly keyId: string;
  readonly facts: KeyUseFacts;
}

export interface Alert {
  readonly id: string;
  readonly keyId: string;
  readonly customerId: string | null;
  readonly rule: UnusualUseRule;
  /** What the alert is about once: an hour, a day, or a secret. */
  readonly window: string;
  readonly facts: JsonObject;
  /** A sentence. */
  readonly detail: string;
  readonly createdAtMs: number;
}

/** What is left out filters nothing. The newest first. */
interface AlertQuestion {
  readonly customerId?: string;
  readonly keyId?: string;
  readonly rule?: UnusualUseRule;
  readonly limit: number;
  /** The id after which to go on. */
  readonly after?: string;
}

export interface KeyActivityRecords {
  /** Adds to what is known of each key's use. One statement. */
  noteActivity(activity: readonly KeyActivity[]): Promise<void>;
  /** Keys that were used, or tried with a secret that has ended, lately; in the order of their ids. */
  activeKeys(question: {
    readonly sinceMs: number;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly string[]>;
  keyUses(keyIds: readonly string[], nowMs: number): Promise<readonly KeyUse[]>;
  /** True when it was not there: an alert of the same key, rule and window is the same one. */
  createAlert(alert: Alert): Promise<boolean>;
  alerts(question: AlertQuestion): Promise<readonly Alert[]>;
  /** Removes what nothing is told from any more. */
  removeActivity(nowMs: number): Promise<void>;
}
