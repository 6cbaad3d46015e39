import { expect, it } from 'vitest';
import { attachment } from './attachment.ts';

it.each([
  ['INV-000001.pdf', 'attachment; filename="INV-000001.pdf"'],
  ['a/b "c".csv', 'attachment; filename="a_b__c_.csv"; filename*=UTF-8\'\'a%2Fb%20%22c%22.csv'],
  ['請求-1.pdf', 'attachment; filename="__-1.pdf"; filename*=UTF-8\'\'%E8%AB%8B%E6%B1%82-1.pdf'],
])('names %s', (name, header) => {
  expect(attachment(name)).toBe(header);
});
