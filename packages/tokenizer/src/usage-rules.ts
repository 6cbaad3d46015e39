// From a provider's own usage object to disjoint token classes, by that provider's rule. A further provider is a file with
// its rule and a line in a table here.
//
// Which rule: members that only one API writes decide, then the provider's name, then the shape. So a gateway that writes
// OpenAI's shape for Anthropic's models is read as what it wrote.

import type { LlmEventType, TokenCounts } from '@tollgate/domain';
import { isObject, type JsonObject } from './unknown-json.ts';
import { anthropicRule } from './usage-anthropic.ts';
import { bedrockRule } from './usage-bedrock.ts';
import { cohereRule } from './usage-cohere.ts';
import { deepSeekDialect } from './usage-deepseek.ts';
import { geminiRule } from './usage-gemini.ts';
import { geminiOpenAiDialect } from './usage-gemini-openai.ts';
import { genericRule } from './usage-generic.ts';
import { groqDialect } from './usage-groq.ts';
import { type Dialect, isLikeOpenAi, readLikeOpenAi } from './usage-like-openai.ts';
import { liteLlmDialect } from './usage-litellm.ts';
import { hasMember, type UsageMembers, UsageRefused } from './usage-members.ts';
import { mistralDialect } from './usage-mistral.ts';
import { ollamaRule } from './usage-ollama.ts';
import { openAiDialect } from './usage-openai.ts';
import { openRouterDialect } from './usage-openrouter.ts';
import { openTelemetryRule } from './usage-opentelemetry.ts';
import { xAiDialect } from './usage-xai.ts';

export interface NormalizedUsage {
  readonly kind: 'usage';
  readonly tokens: TokenCounts;
  readonly webSearches: bigint;
  /** The shape that was read, such as `openai.chat`. */
  readonly rule: string;
  /** What the usage says of the service tier and the place it was served in; empty when it does not. */
  readonly serviceTier: string;
  readonly region: string;
  /** The side that the usage says nothing of, which is not zero. */
  readonly missing: 'input' | 'output' | null;
  /** What a person should look at, such as `unknown_usage_member:foo`. */
  readonly flags: readonly string[];
  /** What is kept, so that the event can be counted again: the usage as it came, without what is not about usage. */
  readonly reported: JsonObject;
}

/** The object cannot be trusted: a reason to keep the event for a person to look at, never to count it as nothing. */
export interface UsageRefusal {
  readonly kind: 'refusal';
  readonly code: UsageRefused['code'];
  /** A sentence. */
  readonly detail: string;
}

/** The event that the usage belongs to. */
export interface UsageContext {
  /** In lower case, words separated by underscores. */
  readonly provider: string;
  readonly model: string;
}

/** What a rule found. Rules throw `UsageRefused`. */
export interface ReadUsage {
  readonly rule: string;
  readonly tokens: TokenCounts;
  readonly webSearches?: bigint;
  readonly serviceTier?: string;
  readonly region?: string;
  readonly missing?: 'input' | 'output';
  readonly flags?: readonly string[];
  /** The part of the object that is about usage, where it is not all of it: the rest may be text, which is not kept. */
  readonly kept?: JsonObject;
  /** Where it was read: what is left over is flagged. */
  readonly members: UsageMembers;
}

export interface UsageRule {
  readonly providers: readonly string[];
  /** True for the shape of the rule, whoever else may write it. */
  fits(usage: JsonObject): boolean;
  /** True for what nobody else writes. */
  isMarked(usage: JsonObject): boolean;
  read(usage: JsonObject, context: UsageContext): ReadUsage;
}

const DIALECTS: readonly Dialect[] = [
  openAiDialect,
  liteLlmDialect,
  openRouterDialect,
  deepSeekDialect,
  mistralDialect,
  xAiDialect,
  groqDialect,
  geminiOpenAiDialect,
];

const likeOpenAiRule: UsageRule = {
  providers: DIALECTS.flatMap(({ providers }) => providers),
  fits: isLikeOpenAi,
  isMarked: (usage) => ['prompt_tokens', 'input_tokens_details', 'input_token_details'].some(memberOf(usage)),
  read(usage, context) {
    const named = DIALECTS.find(({ providers }) => providers.includes(context.provider));
    const marked = DIALECTS.filter(({ marks }) => marks?.some(memberOf(usage)));
    const [first = openAiDialect, ...others] =
      named === undefined || named === openAiDialect ? marked : [named, ...marked];
    return readLikeOpenAi(usage, { dialects: [first, ...others.filter((dialect) => dialect !== first)], context });
  },
};

/** Their shapes are apart, but for those of the last three. */
const USAGE_RULES: readonly UsageRule[] = [
  openTelemetryRule,
  genericRule,
  geminiRule,
  cohereRule,
  ollamaRule,
  bedrockRule,
  anthropicRule,
  likeOpenAiRule,
];

/** Where APIs put the usage in their answers, for whoever sends more than the usage itself. */
const WRAPPERS = ['usage', 'usageMetadata', 'usage_metadata', 'meta', 'x_groq'];

const FLAGS_MAX = 8;
const FLAG_LENGTH_MAX = 80;

export function normalizeUsage(
  usage: JsonObject,
  event: { readonly type: LlmEventType; readonly provider: string; readonly model: string },
): NormalizedUsage | UsageRefusal {
  const context = { model: event.model, provider: event.provider.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_') };
  try {
    const { rule, object } = ruleOf(usage, context);
    const { members, ...read } = rule.read(object, context);
    return {
      kind: 'usage',
      rule: read.rule,
      tokens: read.tokens,
      webSearches: read.webSearches ?? 0n,
      serviceTier: read.serviceTier ?? '',
      region: read.region ?? '',
      missing: missingSide(read, event.type),
      flags: flagsOf(read.flags ?? [], members.unknown()),
      reported: read.kept ?? object,
    };
  } catch (error) {
    if (!(error instanceof UsageRefused)) throw error;
    return { kind: 'refusal', code: error.code, detail: error.message };
  }
}

function ruleOf(
  usage: JsonObject,
  context: Pick<UsageContext, 'provider'>,
): { readonly rule: UsageRule; readonly object: JsonObject } {
  const rule = fittingRule(usage, context);
  if (rule !== undefined) return { rule, object: usage };
  for (const wrapper of WRAPPERS) {
    const inner = usage[wrapper];
    const innerRule = isObject(inner) ? fittingRule(inner, context) : undefined;
    if (isObject(inner) && innerRule !== undefined) return { rule: innerRule, object: inner };
  }
  const names = Object.keys(usage).slice(0, FLAGS_MAX).map(printable).join(', ');
  throw new UsageRefused('unknown_usage_shape', `No rule reads a usage object with the members (${names}).`);
}

function fittingRule(usage: JsonObject, { provider }: Pick<UsageContext, 'provider'>): UsageRule | undefined {
  const fitting = USAGE_RULES.filter((rule) => rule.fits(usage));
  if (fitting.length < 2) return fitting[0];
  const marked = fitting.filter((rule) => rule.isMarked(usage));
  const isNamed = (rule: UsageRule): boolean => rule.providers.includes(provider);
  return marked.find(isNamed) ?? marked[0] ?? fitting.find(isNamed) ?? fitting.at(-1);
}

function memberOf(usage: JsonObject): (name: string) => boolean {
  return (name) => hasMember(usage, name);
}

/** Embeddings have no output to be missing. */
function missingSide({ missing }: Pick<ReadUsage, 'missing'>, type: LlmEventType): NormalizedUsage['missing'] {
  return missing === undefined || (missing === 'output' && type === 'llm.embedding') ? null : missing;
}

/** Bounded in number and length, whatever the usage holds. */
function flagsOf(flags: readonly string[], unknown: Iterable<string>): readonly string[] {
  const all = [...flags];
  for (const path of unknown) {
    all.push(`unknown_usage_member:${printable(path)}`);
    if (all.length > FLAGS_MAX) return [...all.slice(0, FLAGS_MAX - 1), 'more_flags'];
  }
  return [...new Set(all)];
}

/** Names come from outside. */
function printable(name: string): string {
  return name.slice(0, FLAG_LENGTH_MAX).replaceAll(/[^\w.:-]/g, '?');
}
