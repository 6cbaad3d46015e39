// CRC-32 as in zlib (ISO-HDLC). Node.js has it only from 20.15 and 22.2 on, and earlier ones are supported.

const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  return remainder;
});

/** The CRC-32 of an ASCII text, as an unsigned integer. */
export function crc32(ascii: string): number {
  let remainder = 0xffffffff;
  for (let index = 0; index < ascii.length; index += 1) {
    remainder = (remainder >>> 8) ^ (TABLE[(remainder ^ ascii.charCodeAt(index)) & 0xff] ?? 0);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
