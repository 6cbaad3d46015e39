// The size of a picture by the header of its file: PNG, GIF, WebP and JPEG, which is what the APIs take. Written here rather
// than taken from a library: four small headers, read from hostile bytes, with every loop bounded.

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Undefined when the format is another one, or the header broken. */
export function readImageSize(head: Buffer): ImageSize | undefined {
  const size = READERS.map((read) => read(head)).find((found) => found !== undefined);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

type Reader = (head: Buffer) => ImageSize | undefined;

const READERS: readonly Reader[] = [readPng, readGif, readWebp, readJpeg];

function readPng(head: Buffer): ImageSize | undefined {
  if (head.length < 24 || head.toString('latin1', 1, 4) !== 'PNG') return undefined;
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function readGif(head: Buffer): ImageSize | undefined {
  if (head.length < 10 || head.toString('latin1', 0, 3) !== 'GIF') return undefined;
  return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
}

/** Its three forms: lossy, lossless, extended. */
function readWebp(head: Buffer): ImageSize | undefined {
  if (head.length < 30 || head.toString('latin1', 8, 12) !== 'WEBP') return undefined;
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

const JPEG_SEGMENTS_MAX = 200;
/** Start-of-frame markers are C0 to CF, but for these three. */
const NO_FRAME: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);

function readJpeg(head: Buffer): ImageSize | undefined {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  for (let segment = 0; segment < JPEG_SEGMENTS_MAX && at + 9 <= head.length; segment++) {
    if (head[at] !== 0xff) return undefined;
    const marker = head[at + 1] ?? 0;
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.has(marker)) {
      return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    }
    at += 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}
