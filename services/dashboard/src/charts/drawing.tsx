// The drawing itself, by ECharts on a canvas. Its tip is made of our own elements: markup with styles in it would be refused by
// the content security policy.

import { useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { ChartProps, ChartSeries } from './chart-shape.ts';

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

const TIP_ROWS_MAX = 12;

export default function Drawing(props: ChartProps) {
  const { label, height, onPick } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const scheme = useComputedColorScheme('light');
  const isStill = useReducedMotion();
  const pick = useRef(onPick);
  pick.current = onPick;

  useEffect(() => {
    if (host.current === null) return;
    const made = init(host.current);
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(host.current);
    made.getZr().on('click', ({ offsetX, offsetY }) => {
      const [index] = made.convertFromPixel({ gridIndex: 0 }, [offsetX, offsetY]) ?? [];
      if (index !== undefined && made.containPixel('grid', [offsetX, offsetY])) pick.current?.(index);
    });
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(optionOf(props, { isDark: scheme === 'dark', isStill }), { notMerge: true });
  }, [props, scheme, isStill]);

  return <div ref={host} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}

function optionOf(
  { kind, buckets, series, axis }: ChartProps,
  { isDark, isStill }: { readonly isDark: boolean; readonly isStill: boolean },
) {
  const line = isDark ? '#2b343f' : '#e4e8ee';
  const text = isDark ? '#a3afbc' : '#5c6773';
  return {
    animation: !isStill,
    animationDuration: 250,
    grid: { left: 8, right: 8, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: [...buckets],
      boundaryGap: kind === 'bars',
      axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: text, hideOverlap: true, fontSize: 11 },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      splitLine: { lineStyle: { color: line } },
      axisLabel: { color: text, fontSize: 11, formatter: axis },
    },
    tooltip: {
      trigger: 'axis',
      className: 'chart-tip-frame',
      confine: true,
      padding: 0,
      borderWidth: 0,
      backgroundColor: 'transparent',
      extraCssText: 'box-shadow: none',
      axisPointer: { type: kind === 'bars' ? 'shadow' : 'line', shadowStyle: { opacity: isDark ? 0.2 : 0.08 } },
      formatter: (points: unknown) => tipOf({ buckets, series, index: indexOf(points) }),
    },
    series: series.map(({ name, color, drawn }, index) => ({
      name,
      type: kind === 'bars' ? 'bar' : 'line',
      ...(kind === 'bars'
        ? { stack: 'all', barCategoryGap: '22%', barMaxWidth: 48 }
        : { showSymbol: false, lineStyle: { width: 2 } }),
      itemStyle: { color, ...(kind === 'bars' && index === series.length - 1 ? { borderRadius: [3, 3, 0, 0] } : {}) },
      data: [...drawn],
    })),
  };
}

function indexOf(points: unknown): number {
  const [first] = Array.isArray(points) ? points : [points];
  return typeof first?.dataIndex === 'number' ? first.dataIndex : -1;
}

interface Tip {
  readonly buckets: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly index: number;
}

function tipOf({ buckets, series, index }: Tip): HTMLElement {
  const tip = document.createElement('div');
  tip.className = 'chart-tip';
  const title = document.createElement('strong');
  title.textContent = buckets[index] ?? '';
  const table = document.createElement('table');
  const filled = series.filter(({ drawn }) => (drawn[index] ?? 0) !== 0);
  for (const { name, color, exact } of filled.slice(0, TIP_ROWS_MAX)) {
    const row = table.insertRow();
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    swatch.style.background = color;
    const [left, right] = [row.insertCell(), row.insertCell()];
    left.className = 'chart-tip-cell';
    right.className = 'chart-tip-cell';
    left.append(swatch, name.length > 40 ? `${name.slice(0, 39)}…` : name);
    right.textContent = exact[index] ?? '';
  }
  tip.append(title, table);
  if (filled.length > TIP_ROWS_MAX) tip.append(`and ${filled.length - TIP_ROWS_MAX} more`);
  return tip;
}
