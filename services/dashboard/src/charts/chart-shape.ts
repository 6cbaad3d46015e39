// What a chart is given: series over the same buckets, with drawn numbers for the picture and texts for who looks closer.

export interface ChartSeries {
  readonly name: string;
  readonly color: string;
  /** One for each bucket. */
  readonly drawn: readonly number[];
  /** The exact figure of each bucket. */
  readonly exact: readonly string[];
}

export interface ChartProps {
  readonly kind: 'bars' | 'lines';
  /** For those who do not see it. */
  readonly label: string;
  readonly buckets: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly axis: (value: number) => string;
  readonly height: number;
  /** A bucket was chosen. */
  readonly onPick?: (index: number) => void;
}
