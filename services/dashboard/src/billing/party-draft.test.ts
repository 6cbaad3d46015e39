import { expect, it } from 'vitest';
import { draftOfParty, partyOfDraft } from './party-draft.ts';

it('a party is written back as it was read', () => {
  const party = {
    name: 'Ana',
    address: ['1 Main Street', 'Springfield'],
    country: 'DE',
    tax_ids: [{ kind: 'vat', value: 'DE 123' }],
    email: null,
  };
  expect(partyOfDraft(draftOfParty(party))).toEqual(party);
});

it('a tax id without a kind is for VAT, and empty lines are nothing', () => {
  const draft = { name: ' ', address: '\n a \n\n', country: 'de', taxIds: 'DE123\nJP_TRN T1', email: '' };
  expect(partyOfDraft(draft)).toEqual({
    address: ['a'],
    country: 'DE',
    tax_ids: [
      { kind: 'vat', value: 'DE123' },
      { kind: 'jp_trn', value: 'T1' },
    ],
    email: null,
  });
});
