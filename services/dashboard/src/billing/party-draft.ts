// A seller or buyer as it is written in a form: an address in lines of a text, tax ids as `kind value`, one a line.

export interface Party {
  readonly name: string;
  readonly address: readonly string[];
  readonly country: string | null;
  readonly tax_ids: readonly { readonly kind: string; readonly value: string }[];
  readonly email: string | null;
}

export type PartyDraft = Readonly<Record<'name' | 'address' | 'country' | 'taxIds' | 'email', string>>;

export function draftOfParty({ name, address, country, tax_ids: taxIds, email }: Party): PartyDraft {
  return {
    name,
    address: address.join('\n'),
    country: country ?? '',
    taxIds: taxIds.map(({ kind, value }) => `${kind} ${value}`).join('\n'),
    email: email ?? '',
  };
}

export function partyOfDraft(draft: PartyDraft) {
  return {
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    address: linesOf(draft.address),
    country: textOrNull(draft.country.toUpperCase()),
    tax_ids: linesOf(draft.taxIds).map((line) => {
      const [kind = '', ...rest] = line.split(/\s+/);
      return rest.length === 0 ? { kind: 'vat', value: kind } : { kind: kind.toLowerCase(), value: rest.join(' ') };
    }),
    email: textOrNull(draft.email),
  };
}

export function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
