// Our own words, for whoever has done the arithmetic or runs a model of their own: the token classes by their names, disjoint,
// with `web_searches` and, to be checked, a `total`.

import { TOKEN_CLASSES, type TokenClass } from '@tollgate/domain';
import { hasMember, invalidUsage, UsageMembers } from './usage-members.ts';
import type { UsageRule } from './usage-rules.ts';

const INPUT_CLASSES: readonly TokenClass[] = TOKEN_CLASSES.slice(0, TOKEN_CLASSES.indexOf('output'));

export const genericRule: UsageRule = {
  providers: [],
  fits: (usage) => TOKEN_CLASSES.some((name) => typeof usage[name] === 'number'),
  isMarked: (usage) => !hasMember(usage, 'prompt_tokens') && !hasMember(usage, 'input_tokens'),
  read(usage) {
    const members = new UsageMembers(usage);
    const tokens: Partial<Record<TokenClass, bigint>> = {};
    let sum = 0n;
    for (const tokenClass of TOKEN_CLASSES) {
      const count = members.count(tokenClass);
      if (count === undefined) continue;
      tokens[tokenClass] = count;
      sum += count;
    }
    const total = members.count('total', 'total_tokens');
    if (total !== undefined && total !== sum)
      throw invalidUsage(`The total is ${total}, but the classes come to ${sum}.`);
    const hasInput = INPUT_CLASSES.some((name) => tokens[name] !== undefined);
    return {
      rule: 'tollgate',
      tokens,
      webSearches: members.count('web_searches') ?? 0n,
      serviceTier: members.text('service_tier'),
      // Whoever knows the classes leaves out those of no tokens, but not a whole side: the total would have to say so.
      ...(hasInput || total !== undefined ? {} : { missing: 'input' }),
      members,
    };
  },
};
