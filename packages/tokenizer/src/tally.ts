// A sum of tokens that remembers which of the rules that went into it are estimates.

/** Counts a text in the encoding at hand. */
export type CountText = (text: string) => number;

/** Why a count is an estimate; the README says what each is off by. */
export type EstimateRule =
  | 'aborted_stream'
  | 'answer_overhead'
  | 'answer_tool_calls'
  | 'audio_duration'
  | 'default_encoding'
  | 'hidden_context'
  | 'image_formula'
  | 'image_size'
  | 'json_text'
  | 'model_overhead'
  | 'response_format'
  | 'tool_calls'
  | 'tool_schema'
  | 'tools';

export class Tally {
  tokens = 0;
  /** Those of `tokens` that are of recordings, which cost more than text does. */
  audioTokens = 0;
  readonly estimates = new Set<EstimateRule>();

  add(tokens: number): void {
    this.tokens += tokens;
  }

  /** For what no exact rule is known for. */
  addEstimate(tokens: number, rule: EstimateRule): void {
    this.tokens += tokens;
    this.estimates.add(rule);
  }

  /** The tokens that are there already are an estimate. */
  doubt(rule: EstimateRule): void {
    this.estimates.add(rule);
  }
}
