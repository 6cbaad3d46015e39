// Every job there is: its name, what it carries, how often it is tried, and how long one try may take.

interface JobDefinition<Payload> {
  /** What is in the queue, checked: another release may have put it there. Undefined: it is not this. */
  readonly parse: (data: unknown) => Payload | undefined;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly timeoutMs: number;
}

/** Owners of counters: ids of customers, or `organization`. */
export interface OwnersPayload {
  readonly owners: readonly string[];
}

export interface ReconcilePayload extends OwnersPayload {
  /** By partition of the log: a place up to which everything was stored when the job was made. */
  readonly storedUntil: readonly (readonly [number, string])[];
}

/** A round that fails is not tried again: the next one is about the same. */
const ROUND = { attempts: 1, backoffMs: 0, timeoutMs: 60_000 } as const;

export const JOBS = {
  /** Makes the jobs that tend to all owners. */
  'limits.tend-all': { ...ROUND, parse: parseNothing },
  /** Ends what expired, rebuilds what is not known, tells what there is to tell. */
  'limits.tend': { attempts: 3, backoffMs: 1_000, timeoutMs: 30_000, parse: parseOwners },
  /** Makes the jobs that hold all counters against the warehouse. */
  'limits.reconcile-all': { ...ROUND, parse: parseNothing },
  'limits.reconcile': { attempts: 3, backoffMs: 2_000, timeoutMs: 60_000, parse: parseReconcile },
} satisfies Readonly<Record<string, JobDefinition<unknown>>>;

export type JobName = keyof typeof JOBS;

export type JobPayload<Name extends JobName> = NonNullable<ReturnType<(typeof JOBS)[Name]['parse']>>;

function parseNothing(data: unknown): Readonly<Record<string, never>> | undefined {
  return isRecord(data) ? {} : undefined;
}

function parseOwners(data: unknown): OwnersPayload | undefined {
  if (!isRecord(data) || !isListOf(data['owners'], isText)) return undefined;
  return { owners: data['owners'] };
}

function parseReconcile(data: unknown): ReconcilePayload | undefined {
  const owners = parseOwners(data);
  if (owners === undefined || !isRecord(data) || !isListOf(data['storedUntil'], isPlace)) return undefined;
  return { ...owners, storedUntil: data['storedUntil'] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isPlace(value: unknown): value is readonly [number, string] {
  return Array.isArray(value) && value.length === 2 && Number.isInteger(value[0]) && isText(value[1]);
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] {
  return Array.isArray(value) && value.every(isItem);
}
