// JSON whose whole numbers are larger than a float holds. The api writes counts with all their digits; `JSON.parse` would round
// those past 2⁵³ without a word.

/** Texts, which stay as they are, and numbers of every shape. */
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /^-?\d{16,}$/;

/** As `JSON.parse`, but a whole number of 16 digits or more becomes a text of its digits: to be read by `BigInt`. */
export function parseExact(text: string): unknown {
  return JSON.parse(text.replace(TEXT_OR_NUMBER, (token) => (LONG.test(token) ? `"${token}"` : token)));
}
