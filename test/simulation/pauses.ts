// `node:timers/promises` for code under simulation: a pause is a turn of the world like any other.

import type { World } from './world.ts';

let world: World | undefined;

export function pauseIn(simulated: World): void {
  world = simulated;
}

export async function setTimeout<Value>(
  _ms: number,
  value: Value,
  options?: { readonly signal?: AbortSignal },
): Promise<Value> {
  await world?.turn();
  options?.signal?.throwIfAborted();
  return value;
}

export function setImmediate(): Promise<void> {
  return Promise.resolve();
}
