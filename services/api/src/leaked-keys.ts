// `POST /v1/leaked-keys`: whoever found a secret reports it here, and its key is disabled. Nobody has to say who they are:
// to report a secret one must hold it, and who holds it could do worse.

import { createHash } from 'node:crypto';
import type { AccountRecords, KeyBySecret } from '@tollgate/accounts';
import { digestOfKeySecret, isKeySecret, sourceNetworkOf } from '@tollgate/auth';
import { TollgateError } from '@tollgate/domain';
import type { Limits } from '@tollgate/limits';
import type { Clock } from '@tollgate/runtime';
import Type, { type Static } from 'typebox';
import { type GithubKeys, isSignedByGithub } from './github-signature.ts';
import { nameKey } from './key-json.ts';
import { defineOpenRoute, json, type OpenCall, type Origin, type Route } from './route.ts';

const REPORTS_MAX = 100;
const REQUESTS_PER_MINUTE = 60;

const Secret = Type.String({ minLength: 1, maxLength: 512 });
const Source = Type.String({ maxLength: 200, description: 'Where it was found, in a word: `github`, `pastebin`.' });
const Url = Type.String({ maxLength: 2_000, description: 'Where it was found.' });

const OneReport = Type.Object(
  { secret: Secret, source: Type.Optional(Source), url: Type.Optional(Url) },
  { additionalProperties: false },
);
// What others send may have more members one day.
const GithubReport = Type.Object({
  token: Secret,
  type: Type.Optional(Type.String({ maxLength: 200 })),
  url: Type.Optional(Type.Union([Url, Type.Null()])),
  source: Type.Optional(Type.Union([Source, Type.Null()])),
});
const Reports = Type.Union([OneReport, Type.Array(GithubReport, { minItems: 1, maxItems: REPORTS_MAX })]);

const Received = Type.Object({ received: Type.Integer() });
const Labels = Type.Array(
  Type.Object({
    token_hash: Type.String(),
    token_type: Type.String(),
    label: Type.Enum(['true_positive', 'false_positive']),
  }),
);

interface Report {
  readonly secret: string;
  readonly type: string;
  readonly source: string | null;
  readonly url: string | null;
}

export interface LeakedKeyOptions {
  readonly limits: Pick<Limits, 'admit'>;
  readonly githubKeys: GithubKeys;
  readonly peppers: readonly string[];
  readonly clock: Clock;
}

export function leakedKeyRoutes(options: LeakedKeyOptions): readonly Route[] {
  return [
    defineOpenRoute({
      method: 'POST',
      path: '/v1/leaked-keys',
      operationId: 'reportLeakedKeys',
      tag: 'API keys',
      summary: 'Report secrets that were found where they should not be',
      description: `Their keys are disabled at once and the owners are told. Takes one secret, or up to ${REPORTS_MAX} in the form of GitHub's secret scanning. The answer is the same whether a secret is known or not; only a report that GitHub signed is answered with a label for each token. At most ${REQUESTS_PER_MINUTE} requests per minute from one source.`,
      body: Reports,
      success: { status: 202, schema: Type.Union([Received, Labels]) },
      errors: ['rate_limited'],
      handle: (call) => takeReports(call, options),
    }),
  ];
}

async function takeReports(call: OpenCall<unknown, Static<typeof Reports>>, options: LeakedKeyOptions) {
  const { records, origin, received, body } = call;
  await checkRate(options.limits, origin.address);
  const reports = reportsOf(body);
  const isSigned = isSignedByGithub(received, options.githubKeys);
  const found = await findKeys(records, reports, options.peppers);
  // In the order of their ids, so that two reports of the same keys wait for each other and never both.
  for (const [keyId, { key, report }] of [...found.byKey].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const isOver = key.secret.expiresAtMs !== null && key.secret.expiresAtMs <= options.clock.now();
    if (!isOver) await disable(records, keyId, { origin, report, secretId: key.secret.id, isSigned });
  }
  if (!isSigned) return json(202, { received: reports.length });
  return json(
    200,
    reports.map(({ secret, type }) => ({
      token_hash: createHash('sha256').update(secret).digest('base64'),
      token_type: type,
      label: found.secrets.has(secret) ? 'true_positive' : 'false_positive',
    })),
  );
}

async function checkRate(limits: Pick<Limits, 'admit'>, address: string): Promise<void> {
  const keyId = `leak-reports/${sourceNetworkOf(address)}`;
  const { isAllowed, standings } = await limits.admit({
    keyId,
    customerId: null,
    requestsPerMinute: REQUESTS_PER_MINUTE,
    tokensPerMinute: null,
  });
  if (isAllowed) return;
  const retryAfterMs = Math.max(...standings.map((standing) => standing.retryAfterMs), 1_000);
  throw new TollgateError({
    code: 'rate_limited',
    detail: `At most ${REQUESTS_PER_MINUTE} requests per minute are taken from one source. Send several secrets in one.`,
    retryAfterSeconds: Math.ceil(retryAfterMs / 1_000),
  });
}

function reportsOf(body: Static<typeof Reports>): readonly Report[] {
  if (!Array.isArray(body)) {
    return [{ secret: body.secret, type: '', source: body.source ?? null, url: body.url ?? null }];
  }
  return body.map(({ token, type, source, url }) => ({
    secret: token,
    type: type ?? '',
    source: source ?? null,
    url: url ?? null,
  }));
}

interface Found {
  /** The secrets that are, or were, of a key. */
  readonly secrets: ReadonlySet<string>;
  readonly byKey: ReadonlyMap<string, { readonly key: KeyBySecret; readonly report: Report }>;
}

async function findKeys(
  records: AccountRecords,
  reports: readonly Report[],
  peppers: readonly string[],
): Promise<Found> {
  const secrets = new Set<string>();
  const byKey = new Map<string, { readonly key: KeyBySecret; readonly report: Report }>();
  for (const report of reports) {
    if (!isKeySecret(report.secret) || secrets.has(report.secret)) continue;
    const key = await records.keyByDigest(peppers.map((pepper) => digestOfKeySecret(report.secret, pepper)));
    if (key === null) continue;
    secrets.add(report.secret);
    const known = byKey.get(key.id);
    // Of two secrets of one key, the one that works decides.
    if (known === undefined || key.secret.expiresAtMs === null) byKey.set(key.id, { key, report });
  }
  return { secrets, byKey };
}

interface Finding {
  readonly origin: Origin;
  readonly report: Report;
  readonly secretId: string;
  readonly isSigned: boolean;
}

/** Once: a report that comes again finds it done. */
async function disable(records: AccountRecords, keyId: string, finding: Finding): Promise<void> {
  const key = await records.lockKey(keyId);
  if (key === null || key.deletedAtMs !== null || key.disabledReason === 'leaked') return;
  await records.disableLeakedKey(keyId);
  const { origin, secretId, isSigned } = finding;
  const { source, url } = finding.report;
  const reported = { secret: secretId, source, url, is_signed_by_github: isSigned };
  await records.appendAudit({
    action: 'key.leaked',
    actor: { keyId: null },
    customerId: key.customerId,
    subject: { type: 'key', id: keyId },
    origin,
    before: { enabled: key.isEnabled },
    after: { enabled: false, disabled_reason: 'leaked', reported },
  });
  await records.tell({ type: 'key.leaked', customerId: key.customerId, data: { key: nameKey(key), reported } });
}
