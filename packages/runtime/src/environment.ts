// Configuration from the environment: parsed once, at start, by a service's `config.ts`. All that is wrong is said in
// one error, so that nobody fixes one variable only to learn of the next.

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

interface IntegerOptions {
  readonly default?: number;
  readonly min: number;
  readonly max: number;
}

/** Reads variables and notes what is wrong with each; an empty variable counts as absent. */
export interface EnvironmentReader {
  /** `lengthMin` is for secrets: what is wrong is said without repeating the value. */
  text(name: string, options?: { readonly default?: string; readonly lengthMin?: number }): string;
  optionalText(name: string): string | undefined;
  integer(name: string, options: IntegerOptions): number;
  /** A URL with one of the schemes, such as `['http:', 'https:']`. */
  url(name: string, options: { readonly schemes: readonly string[]; readonly default?: string }): string;
  choice<const Choice extends string>(
    name: string,
    options: { readonly choices: readonly Choice[]; readonly default: Choice },
  ): Choice;
  /** Comma-separated values; absent: none. `flawOf` says what is wrong with a value, as a sentence. */
  list(
    name: string,
    options?: {
      /** None unless said. */
      readonly countMin?: number;
      readonly countMax: number;
      readonly flawOf: (value: string) => string | undefined;
    },
  ): readonly string[];
}

/** Throws `ConfigurationError` with every problem when `read` met any. */
export function readEnvironment<Config>(env: Environment, read: (reader: EnvironmentReader) => Config): Config {
  const problems: string[] = [];
  const config = read(createReader(env, problems));
  // A variable that several parts read is named once.
  if (problems.length > 0) throw new ConfigurationError([...new Set(problems)]);
  return config;
}

function createReader(env: Environment, problems: string[]): EnvironmentReader {
  const get = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  const missing = (name: string): string => {
    problems.push(`${name} is not set.`);
    return '';
  };
  return {
    optionalText: get,
    text(name, { default: fallback, lengthMin = 0 } = {}) {
      const text = get(name) ?? fallback;
      if (text === undefined) return missing(name);
      if (text.length < lengthMin) problems.push(`${name} must have at least ${lengthMin} characters.`);
      return text;
    },
    list(name, options) {
      const values = (get(name) ?? '')
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (options === undefined) return values;
      if (values.length < (options.countMin ?? 0)) missing(name);
      if (values.length > options.countMax) problems.push(`${name} has more than ${options.countMax} values.`);
      for (const value of values.slice(0, options.countMax)) {
        const flaw = options.flawOf(value);
        if (flaw !== undefined) problems.push(`${name}: ${flaw}`);
      }
      return values;
    },
    integer(name, { default: fallback, min, max }) {
      const text = get(name);
      if (text === undefined && fallback !== undefined) return fallback;
      if (text === undefined) {
        missing(name);
        return min;
      }
      const value = Number(text);
      if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
      problems.push(`${name} must be a whole number from ${min} to ${max}; it is ${JSON.stringify(text)}.`);
      return min;
    },
    url(name, { schemes, default: fallback }) {
      const text = get(name) ?? fallback ?? missing(name);
      if (text === '') return text;
      if (URL.canParse(text) && schemes.includes(new URL(text).protocol)) return text;
      // The value may hold a password, so it is not repeated.
      problems.push(`${name} must be a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`);
      return text;
    },
    choice(name, { choices, default: fallback }) {
      const text = get(name);
      if (text === undefined) return fallback;
      const match = choices.find((choice) => choice === text);
      if (match !== undefined) return match;
      problems.push(`${name} must be one of ${choices.join(', ')}; it is ${JSON.stringify(text)}.`);
      return fallback;
    },
  };
}
