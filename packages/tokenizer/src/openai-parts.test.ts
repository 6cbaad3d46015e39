import { describe, expect, it } from 'vitest';
import { countEventText } from './count-event-text.ts';
import { imageTokens } from './openai-images.ts';
import { createTextCounter } from './text-counter.ts';

const counter = createTextCounter({ now: () => 0 });

function countParts(content: readonly unknown[], model = 'gpt-4o') {
  const input = { messages: [{ role: 'user', content }] };
  const event = { type: 'llm.chat', model, status: 'completed', input, output: undefined } as const;
  return countEventText(event, { counter, deadlineMs: 1, modelAliases: {} });
}

function dataUrl(mime: string, head: Buffer): string {
  return `data:${mime};base64,${head.toString('base64')}`;
}

function png(width: number, height: number): string {
  const head = Buffer.alloc(33);
  head.write('\u0089PNG\r\n\u001a\n', 0, 'latin1');
  head.writeUInt32BE(13, 8);
  head.write('IHDR', 12, 'latin1');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return dataUrl('image/png', head);
}

function gif(width: number, height: number): string {
  const head = Buffer.alloc(13);
  head.write('GIF89a', 0, 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  return dataUrl('image/gif', head);
}

/** With a segment of metadata before the frame. */
function jpeg(width: number, height: number): string {
  const metadata = Buffer.alloc(60_000);
  metadata.writeUInt16BE(0xffe1, 0);
  metadata.writeUInt16BE(metadata.length - 2, 2);
  const frame = Buffer.alloc(19);
  frame.writeUInt16BE(0xffc0, 0);
  frame.writeUInt16BE(17, 2);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return dataUrl('image/jpeg', Buffer.concat([Buffer.from([0xff, 0xd8]), metadata, frame]));
}

function webp(width: number, height: number): string {
  const head = Buffer.alloc(30);
  head.write('RIFF', 0, 'latin1');
  head.write('WEBPVP8X', 8, 'latin1');
  head.writeUIntLE(width - 1, 24, 3);
  head.writeUIntLE(height - 1, 27, 3);
  return dataUrl('image/webp', head);
}

describe('pictures in tiles', () => {
  // OpenAI, "Images and vision": the examples of the page, and the edges of the rule.
  it.each([
    [1_024, 1_024, 85 + 4 * 170],
    [2_048, 4_096, 85 + 6 * 170],
    [1, 1, 85 + 170],
    [512, 512, 85 + 170],
    [513, 512, 85 + 2 * 170],
    [768, 2_048, 85 + 8 * 170],
    [4_096, 512, 85 + 4 * 170],
    [3_000, 3_000, 85 + 4 * 170],
  ])('%i × %i in gpt-4o: %i tokens', (width, height, tokens) => {
    for (const write of [png, gif, jpeg, webp]) {
      expect(imageTokens('gpt-4o', { url: write(width, height), detail: 'high' })).toMatchObject({
        tokens,
        estimate: undefined,
      });
    }
  });

  it('cost their base alone in low detail, whatever their size', () => {
    const url = 'https://pictures.example/of-any-size.png';
    expect(imageTokens('gpt-4o', { url, detail: 'low' })).toMatchObject({ tokens: 85, estimate: undefined });
    expect(imageTokens('gpt-4o-mini', { url, detail: 'low' })).toMatchObject({ tokens: 2_833, estimate: undefined });
  });

  it('of one tile are the 8,500 tokens that gpt-4o-mini is known for', () => {
    expect(imageTokens('gpt-4o-mini', { url: png(1, 1), detail: 'auto' }).tokens).toBe(8_500);
  });

  it.each([
    ['is elsewhere', 'https://pictures.example/a.png'],
    ['is of another format', dataUrl('image/tiff', Buffer.from('II*\0 and so on and so on'))],
    ['is cut off', dataUrl('image/png', Buffer.from('\u0089PNG', 'latin1'))],
    ['has no size', png(0, 0)],
    ['is no picture', 'data:,'],
    ['is no text', { url: 1 }],
  ])('a picture that %s is an estimate', (_, url) => {
    expect(imageTokens('gpt-4o', { url, detail: 'auto' })).toMatchObject({ tokens: 765, estimate: 'image_size' });
  });
});

describe('pictures in patches', () => {
  // The two examples of the same page: 1024 × 1024 are 1,024 patches; 1800 × 2400 are made smaller, to 33 × 44.
  it.each([
    ['gpt-4.1-mini', 1_024, 1_024, Math.ceil(1_024 * 1.62)],
    ['gpt-4.1-mini', 1_800, 2_400, Math.ceil(1_452 * 1.62)],
    ['o4-mini', 32, 33, Math.ceil(2 * 1.72)],
  ])('%s, %i × %i: %i tokens', (model, width, height, tokens) => {
    expect(imageTokens(model, { url: png(width, height), detail: 'auto' })).toMatchObject({
      tokens,
      estimate: 'image_formula',
    });
  });

  it('are never more than 1,536', () => {
    for (const [width, height] of [
      [100_000, 1],
      [4_000, 3_000],
      [65_535, 65_535],
      [5_001, 77],
    ] as const) {
      expect(imageTokens('gpt-4.1-mini', { url: png(width, height), detail: 'auto' }).tokens).toBeLessThanOrEqual(
        2_489,
      );
    }
  });
});

describe('parts of a message', () => {
  it('adds a picture to the text beside it', () => {
    const { input } = countParts([
      { type: 'text', text: 'And here?' },
      { type: 'image_url', image_url: { url: png(600, 400), detail: 'high' } },
    ]);
    expect(input).toMatchObject({ tokens: 3 + 3 + 1 + 3 + 85 + 2 * 170, provenance: 'counted' });
  });

  it('takes ten tokens a second for a wav', () => {
    const head = Buffer.alloc(44);
    head.write('RIFF', 0, 'latin1');
    head.write('WAVEfmt ', 8, 'latin1');
    head.writeUInt32LE(16, 16);
    head.writeUInt32LE(48_000, 28);
    head.write('data', 36, 'latin1');
    head.writeUInt32LE(48_000 * 2.55, 40);
    const audio = { type: 'input_audio', input_audio: { format: 'wav', data: head.toString('base64') } };
    expect(countParts([audio], 'gpt-4o-audio-preview').input).toMatchObject({
      tokens: 7 + 25,
      audioTokens: 25,
      provenance: 'estimated',
    });
  });

  it('ends with a file whose header promises more than it has', () => {
    const head = Buffer.from('RIFF\0\0\0\0WAVEjunk\u00ff\u00ff\u00ff\u007f', 'latin1');
    const audio = { type: 'input_audio', input_audio: { data: head.toString('base64') } };
    expect(countParts([audio]).rule).toBe('o200k_base+audio_duration');
    const endless = Buffer.alloc(50_000, 0xff);
    endless[1] = 0xd8;
    expect(imageTokens('gpt-4o', { url: dataUrl('image/jpeg', endless), detail: 'high' }).estimate).toBe('image_size');
  });
});
