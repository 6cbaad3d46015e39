// Why a record could not be counted.

export type DeadLetterCode =
  /** Bytes in the log that are no record: a foreign or damaged entry. */
  | 'malformed_record'
  /** A record whose body is no JSON object. */
  | 'malformed_json'
  | 'unknown_usage_shape'
  | 'invalid_usage'
  /** Neither usage nor text came. */
  | 'nothing_to_count'
  | 'text_too_long'
  | 'count_timeout'
  /** The warehouse refuses its row for what it holds. */
  | 'not_storable';
