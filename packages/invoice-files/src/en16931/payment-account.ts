// Payment details are words for people. An account in them that programs can pay into is found by its checksum.

export interface PaymentAccount {
  readonly iban: string;
  readonly bic: string | null;
}

const IBAN = /\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}\b/g;
const BIC = /\b(?:BIC|SWIFT)(?:[ /-]?(?:BIC|SWIFT|code))?[ :]*([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b/i;
const IBAN_LENGTH_MIN = 15;

/** Null where there is none, or more than one: then it is for people to choose. */
export function paymentAccountIn(details: string): PaymentAccount | null {
  const found = new Set([...details.matchAll(IBAN)].flatMap(([text]) => ibanAtStart(text.replaceAll(/\s/g, ''))));
  const [iban, ...others] = found;
  if (iban === undefined || others.length > 0) return null;
  return { iban, bic: BIC.exec(details)?.[1]?.toUpperCase() ?? null };
}

/** A word that follows can look like a part of it: the longest start whose checksum is right is the number. */
function ibanAtStart(text: string): readonly string[] {
  for (let length = text.length; length >= IBAN_LENGTH_MIN; length -= 1) {
    const candidate = text.slice(0, length);
    if (isIban(candidate)) return [candidate];
  }
  return [];
}

/** ISO 13616: the number, its first four characters last and letters as 10 to 35, leaves 1 when divided by 97. */
function isIban(text: string): boolean {
  const turned = `${text.slice(4)}${text.slice(0, 4)}`;
  const digits = turned.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
