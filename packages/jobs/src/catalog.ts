// Every job there is: its name, what it carries, how often it is tried, and how long one try may take.

interface JobDefinition<Payload> {
  /** What is in the queue, checked: another release may have put it there. Undefined: it is not this. */
  readonly parse: (data: unknown) => Payload | undefined;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly timeoutMs: number;
  /** For how long after its end another one with the same id is taken for the same; 0: it may be made again at once. */
  readonly rememberedMs: number;
}

/** Owners of counters: ids of customers, or `organization`. */
export interface OwnersPayload {
  readonly owners: readonly string[];
}

export interface ReconcilePayload extends OwnersPayload {
  /** By partition of the log: a place up to which everything was stored when the job was made. */
  readonly storedUntil: readonly (readonly [number, string])[];
}

interface CustomerPayload {
  readonly customerId: string;
}

/** Which page of what is due, from 0. */
interface DuePayload {
  readonly page: number;
}

interface DraftDuePayload extends DuePayload {
  /** Customers whose period ended, or who have none. */
  readonly of: 'ended' | 'without';
}

/** A part of an export, from 0: what of it is there already is not done again. */
interface ExportPartPayload {
  readonly exportId: string;
  readonly part: number;
}

const LATELY_MS = 15 * 60_000;
/** A round that fails is not tried again: the next one is about the same. */
const ROUND = { attempts: 1, backoffMs: 0, timeoutMs: 60_000, rememberedMs: LATELY_MS } as const;
const LIMITS = { attempts: 3, backoffMs: 1_000, timeoutMs: 30_000, rememberedMs: LATELY_MS } as const;
/** What the store says is to be done. A round finds it again for as long as it is, so that a failure needs no second try here. */
const DUE = { attempts: 1, backoffMs: 0, timeoutMs: 120_000, rememberedMs: 0 } as const;

export const JOBS = {
  /** Makes the jobs that tend to all owners. */
  'limits.tend-all': { ...ROUND, parse: parseNothing },
  /** Ends what expired, rebuilds what is not known, tells what there is to tell. */
  'limits.tend': { ...LIMITS, parse: parseOwners },
  /** Makes the jobs that hold all counters against the warehouse. */
  'limits.reconcile-all': { ...ROUND, parse: parseNothing },
  'limits.reconcile': { ...LIMITS, backoffMs: 2_000, timeoutMs: 60_000, parse: parseReconcile },

  /** Makes the jobs of all that is due: periods that ended, drafts whose grace is over, credit that expired, exports. */
  'billing.sweep': { ...ROUND, parse: parseNothing },
  /** Makes such jobs for customers of whom use came late to periods that are over. */
  'billing.sweep-late': { ...ROUND, parse: parseNothing },
  /** Drafts the invoices of a customer's periods that ended, and of use that came to light in older ones. */
  'billing.draft': { ...DUE, parse: parseCustomer },
  /** The same for a page of the customers whose periods ended. */
  'billing.draft-due': { ...DUE, parse: parseDraftDue },
  /** Finalizes a page of the drafts whose time has come. */
  'billing.finalize-due': { ...DUE, parse: parseDue },
  'billing.expire-credit': { ...DUE, parse: parseCustomer },
  /** Says which invoices an export has, in parts, and puts the archive together once all parts are there. */
  'billing.export': { ...DUE, timeoutMs: 30 * 60_000, parse: parseExport },
  /** Writes the files of some invoices. */
  'billing.export-part': { ...DUE, timeoutMs: 10 * 60_000, parse: parseExportPart },
} satisfies Readonly<Record<string, JobDefinition<unknown>>>;

export type JobName = keyof typeof JOBS;

/** Each service works on jobs of its own; the name of a job begins with it. */
export type JobQueue = 'limits' | 'billing';
export type JobNameIn<Queue extends JobQueue> = Extract<JobName, `${Queue}.${string}`>;

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

function parseCustomer(data: unknown): CustomerPayload | undefined {
  if (!isRecord(data) || !isText(data['customerId'])) return undefined;
  return { customerId: data['customerId'] };
}

function parseDue(data: unknown): DuePayload | undefined {
  return isRecord(data) && isPlaceInList(data['page']) ? { page: data['page'] } : undefined;
}

function parseDraftDue(data: unknown): DraftDuePayload | undefined {
  const due = parseDue(data);
  if (due === undefined || !isRecord(data)) return undefined;
  const { of } = data;
  return of === 'ended' || of === 'without' ? { ...due, of } : undefined;
}

function parseExport(data: unknown): Pick<ExportPartPayload, 'exportId'> | undefined {
  if (!isRecord(data) || !isText(data['exportId'])) return undefined;
  return { exportId: data['exportId'] };
}

function parseExportPart(data: unknown): ExportPartPayload | undefined {
  const of = parseExport(data);
  if (of === undefined || !isRecord(data)) return undefined;
  const { part } = data;
  return isPlaceInList(part) ? { ...of, part } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isPlaceInList(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
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
