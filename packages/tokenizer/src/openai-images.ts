// What a picture costs: tiles of 512 pixels in the older models, patches of 32 in the newer ones. OpenAI, "Images and vision",
// as of November 2026; where calls were recorded, by what was reported.

import { decodeDataUrl } from './data-url.ts';
import { type ImageSize, readImageSize } from './image-size.ts';
import type { EstimateRule } from './tally.ts';

type ImageRule = { readonly isConfirmed: boolean } & (
  | { readonly kind: 'tiles'; readonly base: number; readonly perTile: number }
  | { readonly kind: 'patches'; readonly factor: number }
);

/** The first that fits wins. Confirmed are those that recorded calls of known size reproduce. */
const IMAGE_RULES: readonly (readonly [RegExp, ImageRule])[] = [
  [/^gpt-4o-mini/, { kind: 'tiles', base: 2_833, perTile: 5_667, isConfirmed: true }],
  [/^(gpt-4o|chatgpt-4o)/, { kind: 'tiles', base: 85, perTile: 170, isConfirmed: true }],
  [/^gpt-4\.1-mini/, { kind: 'patches', factor: 1.62, isConfirmed: false }],
  [/^gpt-4\.1-nano/, { kind: 'patches', factor: 2.46, isConfirmed: false }],
  [/^(gpt-4\.1|gpt-4\.5|gpt-4-)/, { kind: 'tiles', base: 85, perTile: 170, isConfirmed: false }],
  [/^o4-mini/, { kind: 'patches', factor: 1.72, isConfirmed: false }],
  [/^o[13]/, { kind: 'tiles', base: 75, perTile: 150, isConfirmed: false }],
  // The documentation says 1.62 and 2.46; differences between recorded pictures say these.
  [/^gpt-5-mini/, { kind: 'patches', factor: 1.2, isConfirmed: false }],
  [/^gpt-5-nano/, { kind: 'patches', factor: 1.5, isConfirmed: false }],
  [/^gpt-5/, { kind: 'tiles', base: 70, perTile: 140, isConfirmed: false }],
  [/^computer-use-preview/, { kind: 'tiles', base: 65, perTile: 129, isConfirmed: false }],
];
const UNKNOWN_RULE: ImageRule = { kind: 'tiles', base: 85, perTile: 170, isConfirmed: false };

const PATCH = 32;
const PATCHES_MAX = 1_536;

/** Stands in for a picture whose size is not in the request. */
const UNKNOWN_SIZE: ImageSize = { width: 1_024, height: 1_024 };

export interface ImageTokens {
  readonly tokens: number;
  readonly estimate: EstimateRule | undefined;
}

export function imageTokens(model: string, image: { readonly url: unknown; readonly detail: unknown }): ImageTokens {
  const rule = IMAGE_RULES.find(([pattern]) => pattern.test(model))?.[1] ?? UNKNOWN_RULE;
  const unconfirmed = rule.isConfirmed ? undefined : 'image_formula';
  if (rule.kind === 'tiles' && image.detail === 'low') return { tokens: rule.base, estimate: unconfirmed };
  const { url } = image;
  const size = typeof url === 'string' && url.startsWith('data:') ? readImageSize(decodeDataUrl(url)) : undefined;
  const tokens =
    rule.kind === 'tiles'
      ? rule.base + rule.perTile * tilesOf(size ?? UNKNOWN_SIZE)
      : Math.ceil(patchesOf(size ?? UNKNOWN_SIZE) * rule.factor);
  return { tokens, estimate: size === undefined ? 'image_size' : unconfirmed };
}

/** Made to fit 2048 × 2048, then to a short side of 768 at most, in whole numbers so that nothing is rounded up. */
function tilesOf({ width, height }: ImageSize): number {
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  const scales = [
    [1, 1],
    [2_048, long],
    [768, short],
  ] as const;
  const [up, down] = scales.reduce((least, scale) => (scale[0] * least[1] < least[0] * scale[1] ? scale : least));
  return Math.ceil((long * up) / (512 * down)) * Math.ceil((short * up) / (512 * down));
}

/** Of 32 × 32; a picture with more than 1,536 is made smaller until it has that many at most. */
function patchesOf({ width, height }: ImageSize): number {
  const patches = Math.ceil(width / PATCH) * Math.ceil(height / PATCH);
  if (patches <= PATCHES_MAX) return patches;
  const shrink = Math.sqrt((PATCH * PATCH * PATCHES_MAX) / (width * height));
  const [across, down] = [(width * shrink) / PATCH, (height * shrink) / PATCH];
  const whole = Math.min(Math.floor(across) / across, Math.floor(down) / down);
  return Math.min(PATCHES_MAX, Math.ceil(across * whole - 1e-9) * Math.ceil(down * whole - 1e-9));
}
