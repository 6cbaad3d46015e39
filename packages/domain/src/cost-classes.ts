// What the cost of an event is divided by: its token classes, and what is priced beside tokens. Disjoint: they add up to the cost.

import { TOKEN_CLASSES } from './token-classes.ts';

/**
 * Costs are stored by their place in this list. So a new class goes to the end, also when it is a token class: an order
 * that changed would give old rows' costs to other classes.
 */
export const COST_CLASSES = [...TOKEN_CLASSES, 'requests', 'web_searches', 'meter'] as const;

/** `meter`: the cost of an event that is no model call. */
export type CostClass = (typeof COST_CLASSES)[number];

/** Picounits of the currency. A class that is missing cost nothing. */
export type CostByClass = Readonly<Partial<Record<CostClass, bigint>>>;
