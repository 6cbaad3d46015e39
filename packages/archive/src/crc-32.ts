// The check sum of a file in a zip (ISO 3309), over bytes as they come.

const POLYNOMIAL = 0xedb8_8320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** `before` is the sum of what came before these bytes; 0 at the beginning. */
export function crc32(bytes: Uint8Array, before: number): number {
  let sum = ~before;
  for (let index = 0; index < bytes.length; index++) {
    sum = (TABLE[(sum ^ (bytes[index] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8);
  }
  return ~sum >>> 0;
}
