// A growing buffer in the byte order of ClickHouse: little endian, lengths as LEB128.

const BYTES_MIN = 4 * 1024;
/** The lengths that take one byte, each as the character of that byte. */
const LENGTH_PREFIXES = Array.from({ length: 0x80 }, (_, length) => String.fromCharCode(length));
const UINT64_MAX = 0xffff_ffff_ffff_ffffn;
const INT64_MIN = -0x8000_0000_0000_0000n;
const INT64_MAX = 0x7fff_ffff_ffff_ffffn;
const TWO_POW_32 = 0x1_0000_0000;

export class ByteSink {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  /** It grows past the bytes that are expected, at the price of a copy. */
  constructor(bytesExpected: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(bytesExpected, BYTES_MIN));
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
  }

  /** What was written, without a copy: write nothing more afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  uint32(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= TWO_POW_32) throw new RangeError(`${value} is no UInt32`);
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Throws where ClickHouse would wrap around in silence. */
  uint64(value: bigint): void {
    if (value < 0n || value > UINT64_MAX) throw new RangeError(`${value} is no UInt64`);
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  int64(value: bigint): void {
    if (value < INT64_MIN || value > INT64_MAX) throw new RangeError(`${value} is no Int64`);
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  /** An integer up to 2^53 as Int64, without the cost of a bigint. */
  safeInteger(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
    this.#reserve(8);
    this.#view.setUint32(this.#length, value >>> 0, true);
    this.#view.setInt32(this.#length + 4, Math.floor(value / TWO_POW_32), true);
    this.#length += 8;
  }

  /** A zero of 64 bits. */
  zero(): void {
    this.#reserve(8);
    this.#view.setUint32(this.#length, 0, true);
    this.#view.setUint32(this.#length + 4, 0, true);
    this.#length += 8;
  }

  varuint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest % 0x80) | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  text(value: string): void {
    const byteLength = Buffer.byteLength(value, 'utf8');
    this.varuint(byteLength);
    this.#write(value, byteLength);
  }

  /** Many texts. Those that are short and ASCII throughout go to the native encoder in one call, lengths included. */
  texts(values: readonly string[]): void {
    const joined = joinShort(values);
    if (joined !== undefined && Buffer.byteLength(joined, 'utf8') === joined.length) this.#write(joined, joined.length);
    else for (const value of values) this.text(value);
  }

  #write(value: string, byteLength: number): void {
    this.#reserve(byteLength);
    this.#bytes.write(value, this.#length, byteLength, 'utf8');
    this.#length += byteLength;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.byteLength) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.byteLength * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }
}

/** The texts with their lengths before them; undefined when one is too long for that. */
function joinShort(values: readonly string[]): string | undefined {
  let joined = '';
  for (const value of values) {
    const prefix = LENGTH_PREFIXES[value.length];
    if (prefix === undefined) return undefined;
    joined += prefix + value;
  }
  return joined;
}
