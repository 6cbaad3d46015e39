export { combineCounts, type EventCount } from './count-event.ts';
export { countEventText, type EventText, type SideCount, type TextCounts } from './count-event-text.ts';
export {
  DEFAULT_ENCODING,
  ENCODINGS,
  type EncodingName,
  encodingOfModel,
  type ModelEncoding,
} from './model-encoding.ts';
export { createTextCounter, TEXT_LENGTH_MAX, type TextCounter, TextNotCountable } from './text-counter.ts';
export { type NormalizedUsage, normalizeUsage, type UsageRefusal } from './usage-rules.ts';
