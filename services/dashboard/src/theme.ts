// How the dashboard looks: quiet surfaces, one colour for what can be done, and figures whose digits stand under each other.

import { createTheme, Drawer, type MantineColorsTuple, Modal } from '@mantine/core';

const toll: MantineColorsTuple = [
  ...(['#eaf6fb', '#d3e8f2', '#a4d0e6', '#72b7da', '#4aa2d0'] as const),
  ...(['#3194ca', '#1f7fb3', '#0b6e99', '#085a80', '#044868'] as const),
];

/** The head of a dialog is no landmark of the page. */
const TITLE_ONLY = { header: { role: 'none' } };

export const theme = createTheme({
  primaryColor: 'toll',
  primaryShade: 7,
  colors: { toll },
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  defaultRadius: 'md',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1rem' } } },
  autoContrast: true,
  respectReducedMotion: true,
  components: {
    // Locking is done by a style element that has no nonce, which the content security policy refuses.
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, attributes: TITLE_ONLY } }),
    Modal: Modal.extend({ defaultProps: { lockScroll: false, attributes: TITLE_ONLY } }),
  },
});

/** Told apart by people who see colours in any way (after Okabe and Ito), in this order. */
const SERIES_COLORS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8a7fd1', '#b8a000'] as const;
/** Of what is left over. */
export const REST_COLOR = '#8d99a6';

export function seriesColor(index: number): string {
  return SERIES_COLORS[index % SERIES_COLORS.length] ?? REST_COLOR;
}
