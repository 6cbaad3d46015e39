// A request as it is drawn, and what goes with every one of them: who sends it and from where.

import fc from 'fast-check';
import { hostileText } from './hostile-values.ts';
import { markOf } from './schema-values.ts';

/** Path, headers and body may hold marks of ids. */
export interface FuzzRequest {
  readonly to: 'api' | 'ingest';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The operator's key is the first secret that is known, those of two customers follow; the others may be gone by now. */
const credential = fc.oneof(
  { weight: 8, arbitrary: fc.constant(`Bearer ${markOf('sec', 0)}`) },
  { weight: 4, arbitrary: fc.nat(2).map((number) => `Bearer ${markOf('sec', number)}`) },
  { weight: 1, arbitrary: fc.nat(60).map((number) => `Bearer ${markOf('sec', number)}`) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom(
        '',
        'Bearer',
        'Bearer ',
        'Basic Og==',
        'Basic !',
        'bearer a b',
        'Bearer eyJhbGciOiJub25lIn0.e30.',
        'Bearer ..',
      ),
      hostileText.map((text) => `Bearer ${headerText(text)}`),
      fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => `Bearer ${parts.join('.')}`),
    ),
  },
);

/** Each from an address of its own, so that nobody is locked out for what was guessed before. */
const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => `10.${parts.join('.')}`);

export const senderHeaders: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .record({
    authorization: credential,
    from: address,
    idempotencyKey: fc.option(fc.oneof(fc.constantFrom('again'), hostileText.map(headerText)), {
      nil: undefined,
      freq: 1,
    }),
    requestId: fc.option(hostileText.map(headerText), { nil: undefined, freq: 1 }),
  })
  .map(({ authorization, from, idempotencyKey, requestId }) => ({
    Authorization: authorization,
    'X-Forwarded-For': from,
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    ...(requestId === undefined ? {} : { 'X-Request-Id': requestId }),
  }));

/** What Node.js agrees to send as the value of a header. */
export function headerText(text: string): string {
  return [...text]
    .filter((character) => /[\t\x20-\x7e\x80-\xff]/.test(character))
    .join('')
    .slice(0, 4_000);
}

/** Half a surrogate pair cannot be percent-encoded. */
export function urlText(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
}
