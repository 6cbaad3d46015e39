// From the settings of a key as they were sent to the key as it is stored: pure. Lists are checked entry by entry.

import type { ApiKey } from '@tollgate/accounts';
import { parseAddressRange } from '@tollgate/auth';
import { type FieldError, flawOfModelPattern, parseTimestamp, TollgateError } from '@tollgate/domain';
import type { KeySettings } from './key-json.ts';

type StoredSettings = Omit<ApiKey, 'id' | 'customerId' | 'mode' | 'createdAtMs'>;

/** Fails with `invalid_cidr` or `validation_failed`, and says where. */
export function readKeySettings(settings: KeySettings): StoredSettings {
  const { requests_per_minute: requests, tokens_per_minute: tokens } = settings.rate_limits ?? {};
  return {
    name: settings.name,
    projectId: settings.project ?? null,
    scopes: settings.scopes,
    allowedModels: readModels(settings.allowed_models ?? null),
    allowedIps: readAddresses(settings.allowed_ips ?? null),
    rateLimits: { requestsPerMinute: requests ?? null, tokensPerMinute: tokens ?? null },
    isEnabled: settings.enabled ?? true,
    expiresAtMs: settings.expires_at == null ? null : (parseTimestamp(settings.expires_at) ?? null),
    metadata: settings.metadata ?? {},
  };
}

function readModels(patterns: readonly string[] | null): readonly string[] | null {
  const errors = (patterns ?? []).flatMap((pattern, index): readonly FieldError[] => {
    const flaw = flawOfModelPattern(pattern);
    return flaw === undefined ? [] : [{ pointer: `/allowed_models/${index}`, detail: flaw }];
  });
  if (errors.length === 0) return patterns;
  throw new TollgateError({
    code: 'validation_failed',
    detail: 'Not all of the allowed models are patterns. See `errors`.',
    errors,
  });
}

/** In their canonical spelling; an address of its own is the range of itself alone. */
function readAddresses(texts: readonly string[] | null): readonly string[] | null {
  if (texts === null) return null;
  const errors: FieldError[] = [];
  const ranges = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const parsed = parseAddressRange(text);
    if (parsed.kind === 'range') ranges.add(parsed.range.text);
    else errors.push({ pointer: `/allowed_ips/${index}`, detail: parsed.detail });
  }
  if (errors.length === 0) return [...ranges];
  throw new TollgateError({
    code: 'invalid_cidr',
    detail: 'Not all of the allowed addresses are written canonically. See `errors`.',
    errors,
  });
}
