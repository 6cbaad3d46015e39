// Long ascending lists of instants as a few runs of equal steps, so that a month of minutes fits into a query's parameters.

export interface RunParams {
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly steps: readonly number[];
}

export function runsOf(values: readonly number[]): RunParams {
  const runs: { readonly starts: number[]; readonly counts: number[]; readonly steps: number[] } = {
    starts: [],
    counts: [],
    steps: [],
  };
  let index = 0;
  while (index < values.length) {
    const start = values[index] ?? 0;
    const step = Math.max(1, (values[index + 1] ?? start + 1) - start);
    let count = 1;
    while (values[index + count] === start + count * step) count += 1;
    runs.starts.push(start);
    runs.counts.push(count);
    runs.steps.push(step);
    index += count;
  }
  return runs;
}

/** The list again, as an expression over the parameters `NAME_starts`, `NAME_counts` and `NAME_steps`. */
export function runsSql(name: string): string {
  const [starts, counts, steps] = ['starts', 'counts', 'steps'].map((part) => `{${name}_${part}:Array(Int64)}`);
  return `arrayFlatten(arrayMap((s, n, d) -> range(s, s + n * d, d), ${starts}, ${counts}, ${steps}))`;
}

export function runsParams(name: string, values: readonly number[]): Readonly<Record<string, readonly number[]>> {
  const { starts, counts, steps } = runsOf(values);
  return { [`${name}_starts`]: starts, [`${name}_counts`]: counts, [`${name}_steps`]: steps };
}
