import { expect, it } from 'vitest';
import { draftOf, headersOf, newEndpointOf, patchOf } from './endpoint-draft.ts';

it('a header is a line, divided at its first colon', () => {
  expect(headersOf('Authorization: Bearer a:b\n\n X-Team :  billing ')).toEqual({
    Authorization: 'Bearer a:b',
    'X-Team': 'billing',
  });
});

it('no types are all types', () => {
  expect(newEndpointOf({ ...draftOf(undefined), url: ' https://example.com ' })).toEqual({
    ...{ url: 'https://example.com', types: null, description: '', headers: {} },
  });
});

it('a header that is left empty is taken away, and whose it is stays', () => {
  expect(patchOf({ ...draftOf(undefined), customer: 'cus_1', headers: 'X-Old:\nX-New: 1' })).toEqual({
    ...{ url: '', types: null, description: '' },
    headers: { 'X-Old': null, 'X-New': '1' },
  });
});
