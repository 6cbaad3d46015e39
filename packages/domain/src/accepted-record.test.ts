import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AcceptedRecord, decodeRecord, encodeRecord } from './accepted-record.ts';

const anyRecord: fc.Arbitrary<AcceptedRecord> = fc.record({
  kind: fc.constantFrom('event', 'void'),
  customerId: fc.string({ unit: 'binary' }),
  projectId: fc.option(fc.string()),
  keyId: fc.option(fc.string()),
  reporterKeyId: fc.string(),
  eventId: fc.string({ unit: 'binary' }),
  timeMs: fc.maxSafeInteger(),
  receivedAtMs: fc.maxSafeInteger(),
  isReplay: fc.boolean(),
  traceparent: fc.option(fc.string(), { nil: undefined }),
  body: fc.uint8Array(),
});

it('gives back what was encoded', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      expect(decodeRecord(encodeRecord(record))).toEqual(record);
    }),
  );
});

it('reads a record out of the middle of a larger buffer', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const encoded = encodeRecord(record);
      const larger = new Uint8Array(encoded.byteLength + 7);
      larger.set(encoded, 7);
      expect(decodeRecord(larger.subarray(7))).toEqual(record);
    }),
  );
});

it('says undefined to bytes that are no record, and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(decodeRecord(bytes)).toBeUndefined();
    }),
  );
});
