export { combineCounts, type EventCount } from './count-event.ts';
export {
  countEventText,
  type EventText,
  type SideCount,
  type TextCounting,
  type TextCounts,
} from './count-event-text.ts';
export { flawOfModelAlias, MODEL_ALIASES_MAX, modelAliasesOf } from './model-aliases.ts';
export { DEFAULT_ENCODING, encodingOfModel, type ModelAliases, type ModelEncoding } from './model-encoding.ts';
export { providerOfModel } from './model-provider.ts';
export { ENCODINGS, type EncodingName } from './model-table.ts';
export { type FoldedStream, foldStream } from './stream.ts';
export {
  createTextCounter,
  type ShadowComparison,
  TEXT_LENGTH_MAX,
  type TextCounter,
  TextNotCountable,
} from './text-counter.ts';
export { type NormalizedUsage, normalizeUsage, type UsageRefusal } from './usage-rules.ts';
export { webSearchesIn } from './usage-web-searches.ts';
