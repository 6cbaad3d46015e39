// What was spent, and how many tokens of each class, over the time that is looked at.

import { Chart } from '../charts/chart.tsx';
import { Legend } from '../charts/legend.tsx';
import { toDrawn } from '../format/decimal.ts';
import { exactCount, exactMoney, shortCount, shortMoney } from '../format/number.ts';
import { type Bucket, bucketName } from '../format/time.ts';
import { Panel } from '../parts/page.tsx';
import { seriesColor } from '../theme.ts';
import { TOKEN_CLASS_ORDER, tokenClassName } from '../usage/token-class-names.ts';
import { grouped, totalsOf, type Usage } from '../usage/usage-query.ts';

interface SeriesPanelProps {
  readonly usage: Usage | undefined;
  readonly starts: readonly string[];
  readonly zone: string;
  readonly bucket: Bucket;
}

const CHART_HEIGHT = 260;
const LEGEND_HEIGHT = 30;

export function SpendPanel({
  usage,
  starts,
  zone,
  bucket,
  currency,
}: SeriesPanelProps & { readonly currency: string }) {
  const byStart = grouped(usage?.rows ?? [], ({ start }) => start);
  const costs = starts.map((start) => totalsOf(byStart.get(start) ?? []).cost.get(currency) ?? '0');
  return (
    <Panel title="Spend">
      <Chart
        kind="bars"
        label={`Spend by ${bucket}, in ${currency}`}
        height={CHART_HEIGHT + LEGEND_HEIGHT}
        buckets={starts.map((start) => bucketName(start, bucket, zone))}
        series={[
          {
            name: 'Spend',
            color: seriesColor(0),
            drawn: costs.map(toDrawn),
            exact: costs.map((cost) => exactMoney(cost, currency)),
          },
        ]}
        axis={(value) => shortMoney(value.toFixed(6), currency)}
      />
    </Panel>
  );
}

export function TokensPanel({ usage, starts, zone, bucket }: SeriesPanelProps) {
  const byStart = grouped(usage?.rows ?? [], ({ start }) => start);
  const classes = starts.map((start) => totalsOf(byStart.get(start) ?? []).tokensByClass);
  const present = TOKEN_CLASS_ORDER.filter((name) => classes.some((counts) => (counts.get(name) ?? 0n) > 0n));
  const series = present.map((name, index) => {
    const counts = classes.map((of) => of.get(name) ?? 0n);
    return {
      name: tokenClassName(name),
      color: seriesColor(index),
      drawn: counts.map(Number),
      exact: counts.map(exactCount),
    };
  });
  return (
    <Panel title="Tokens by class">
      <div style={{ minHeight: LEGEND_HEIGHT }}>
        <Legend series={series} />
      </div>
      <Chart
        kind="bars"
        label={`Tokens by class and ${bucket}`}
        height={CHART_HEIGHT}
        buckets={starts.map((start) => bucketName(start, bucket, zone))}
        series={series}
        axis={shortCount}
      />
    </Panel>
  );
}
