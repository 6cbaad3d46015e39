// Why an event could not be counted, and what to do about it.

interface Reason {
  readonly name: string;
  readonly advice: string;
}

const REASONS: Readonly<Record<string, Reason>> = {
  malformed_record: {
    name: 'No record of ours',
    advice: 'Something else wrote into the log. Find what it was; there is no event in it, so nothing is lost.',
  },
  malformed_json: {
    name: 'No JSON object',
    advice: 'The sender has to be mended. Discard these, and send the events anew under other ids.',
  },
  unknown_usage_shape: {
    name: 'Usage of an unknown shape',
    advice: 'A provider reports usage in a way that is not known yet. Update Tollgate, then replay them.',
  },
  invalid_usage: {
    name: 'Usage that contradicts itself',
    advice:
      'The numbers cannot be: negative, or more cached than all. Mend the sender; discard these, and send what was used under other ids.',
  },
  nothing_to_count: {
    name: 'Nothing to count',
    advice: 'Neither usage nor text came. Mend the sender; discard these, and send what was used under other ids.',
  },
  text_too_long: {
    name: 'Text too long to count',
    advice: "Send the provider's usage with such events. Discard these, and send it under other ids.",
  },
  count_timeout: {
    name: 'Counting took too long',
    advice: "Replay them when the system is less busy. Where it happens again, send the provider's usage instead.",
  },
  not_storable: {
    name: 'Not to be stored',
    advice: 'The warehouse refused what the event holds. Its sentence says what; mend the sender, and discard these.',
  },
};

export const REASON_CODES = Object.keys(REASONS);

export function reasonOf(code: string): Reason {
  return REASONS[code] ?? { name: code.replaceAll('_', ' '), advice: 'See its sentence, then replay or discard it.' };
}
