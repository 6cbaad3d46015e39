import { expect, it } from 'vitest';
import { authorizationOf } from './credential-header.ts';

const invalid = expect.objectContaining({ code: 'invalid_request', status: 400 });

it.each([
  [[], '/v1/keys', undefined],
  [['Host', 'x', 'Authorization', 'Bearer a'], '/v1/keys', 'Bearer a'],
  [['aUTHORIZATION', 'Bearer a'], '/v1/keys?start=access_token', 'Bearer a'],
  [['X-Authorization', 'Bearer b', 'Authorization', ''], '/', ''],
])('%j at %s', (rawHeaders, url, expected) => {
  expect(authorizationOf({ rawHeaders, url })).toBe(expected);
});

it.each([
  [['Authorization', 'Bearer a', 'Authorization', 'Bearer a'], '/'],
  [['Authorization', 'Bearer a', 'X', 'y', 'authorization', 'Bearer b'], '/'],
  [['Authorization', 'Bearer a'], '/v1/keys?access_token=b'],
  [[], '/v1/keys?a=b&access_token=b'],
  [[], '/v1/keys?access%5Ftoken=b'],
  [[], '/v1/keys?access_token'],
])('refuses %j at %s', (rawHeaders, url) => {
  expect(() => authorizationOf({ rawHeaders, url })).toThrow(invalid);
});
