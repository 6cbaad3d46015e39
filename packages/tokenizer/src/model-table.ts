// Which encoding each model is counted with. Sources: the table of OpenAI's Python tiktoken 0.14.0 (of 16 August 2026) for the names
// that it has; for the others, marked so, what the API reported for recorded calls. Last looked through on 24 November 2026.
//
// gpt-6 and later, gpt-audio, gpt-realtime and codex-mini have no public encoding and no recorded call that would tell it:
// they are left out on purpose, so that their counts are estimates.

export const ENCODINGS = ['o200k_base', 'cl100k_base', 'p50k_base', 'p50k_edit', 'r50k_base', 'gpt2'] as const;

export type EncodingName = (typeof ENCODINGS)[number];

type ModelTable = Readonly<Record<EncodingName, readonly string[]>>;

/** Looked up first. */
export const MODELS: ModelTable = {
  o200k_base: ['o1', 'o3', 'o4-mini', 'gpt-5', 'gpt-4.1', 'gpt-4o'],
  cl100k_base: [
    ...['gpt-4', 'gpt-3.5-turbo', 'gpt-3.5', 'gpt-35-turbo'],
    ...['text-embedding-ada-002', 'text-embedding-3-small', 'text-embedding-3-large'],
    // The API reports cl100k counts for these two, whatever other tokenizers' tables say.
    ...['davinci-002', 'babbage-002'],
  ],
  p50k_base: ['text-davinci-003', 'text-davinci-002', 'davinci-codex', 'cushman-codex'],
  p50k_edit: ['text-davinci-edit-001', 'code-davinci-edit-001'],
  r50k_base: [
    ...['davinci', 'curie', 'babbage', 'ada'],
    ...['text-davinci-001', 'text-curie-001', 'text-babbage-001', 'text-ada-001'],
    ...['text-similarity-davinci-001', 'text-similarity-curie-001', 'text-similarity-babbage-001'],
    ...['text-similarity-ada-001', 'text-search-davinci-doc-001', 'text-search-curie-doc-001'],
    ...['text-search-babbage-doc-001', 'text-search-ada-doc-001'],
    ...['code-search-babbage-code-001', 'code-search-ada-code-001'],
  ],
  gpt2: ['gpt2', 'gpt-2'],
};

/** What a name begins with; the longest that fits wins. */
export const MODEL_PREFIXES: ModelTable = {
  o200k_base: [
    ...['o1-', 'o3-', 'o4-mini-', 'gpt-5', 'gpt-4.5-', 'gpt-4.1-', 'chatgpt-4o-', 'gpt-4o-'],
    // Recorded: 15 tokens in of a prompt of nine.
    'computer-use-preview',
    // They speak o200k_harmony, which cuts and ranks ordinary text as o200k_base does.
    'gpt-oss-',
  ],
  cl100k_base: [
    ...['gpt-4-', 'gpt-3.5-turbo-', 'gpt-35-turbo-'],
    // The names that the API answers with for davinci-002 and babbage-002.
    ...['davinci:2023-', 'babbage:2023-'],
  ],
  p50k_base: ['code-davinci-', 'code-cushman-'],
  p50k_edit: [],
  r50k_base: [],
  gpt2: [],
};
