// Work side by side, and work in turn.

/** Does the work for each item, some at the same time. Rejects with the first failure, and begins nothing more. */
export async function atOnce<Item>(
  count: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const runOne = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, runOne));
}

/** Of each number, one work at a time, in the order in which they came. */
export class InTurn {
  readonly #last = new Map<number, Promise<void>>();

  async run(number: number, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(number) ?? Promise.resolve();
    const own = before.catch(() => undefined).then(work);
    this.#last.set(number, own);
    try {
      await own;
    } finally {
      if (this.#last.get(number) === own) this.#last.delete(number);
    }
  }
}
