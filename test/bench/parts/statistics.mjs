// The few figures that a benchmark tells of many measurements.

export function median(values) {
  return percentile(values, 0.5);
}

/** The value that the share of the values, from 0 to 1, does not go beyond. */
export function percentile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Three digits are all that a measurement here is worth. */
export function figure(value) {
  return Number(value.toPrecision(3)).toLocaleString('en');
}
