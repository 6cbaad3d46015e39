// What counting a prompt needs at every step of it.

import type { OpenAiFamily } from './openai-family.ts';
import type { CountText, Tally } from './tally.ts';

export interface PromptCounting {
  readonly family: OpenAiFamily;
  /** The model without what is put around its name: pictures cost differently inside one family. */
  readonly model: string;
  readonly countText: CountText;
  readonly tally: Tally;
}
