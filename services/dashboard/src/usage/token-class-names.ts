// The token classes for people, in the order in which they are stacked.

const NAMES: Readonly<Record<string, string>> = {
  input: 'Input',
  cache_read: 'Cache read',
  cache_write_5m: 'Cache write, 5 min',
  cache_write_1h: 'Cache write, 1 h',
  cache_write_other: 'Cache write',
  cache_read_audio: 'Cache read, audio',
  input_audio: 'Input, audio',
  input_image: 'Input, image',
  input_video: 'Input, video',
  tool_input: 'Tool input',
  output: 'Output',
  reasoning: 'Reasoning',
  output_audio: 'Output, audio',
  output_image: 'Output, image',
};

export const TOKEN_CLASS_ORDER: readonly string[] = Object.keys(NAMES);

export function tokenClassName(name: string): string {
  return NAMES[name] ?? name;
}
