import { expect, it } from 'vitest';
import { createAdmission } from './admission.ts';

const limits = { bytesMax: 100, requestsMax: 3, keyBytesMax: 60, keyRequestsMax: 2 };

it('holds all requests together within the bounds, and gives back what a request held', () => {
  const admission = createAdmission(limits);
  const [one, two] = [admission.enter('a'), admission.enter('b')];
  one.take(60);
  two.take(40);
  expect(() => two.take(1)).toThrow(expect.objectContaining({ code: 'unavailable', retryAfterSeconds: 1 }));
  one.release();
  two.take(1);
  two.release();
  expect(admission).toMatchObject({ bytesInFlight: 0, requestsInFlight: 0 });
});

it('leaves room for others than the key that sends most', () => {
  const admission = createAdmission(limits);
  const [one, two] = [admission.enter('a'), admission.enter('a')];
  expect(() => admission.enter('a')).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  one.take(50);
  expect(() => two.take(11)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  admission.enter('b').take(50);
  expect(() => admission.enter('c')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  one.release();
  two.release();
  expect(admission.enter('a')).toBeDefined();
});
