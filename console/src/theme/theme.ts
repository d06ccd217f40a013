import { createTheme } from '@mantine/core';
import type { MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eef0ff',
  '#dde0fa',
  '#b9bff0',
  '#939ce7',
  '#727edf',
  '#5d6bda',
  '#4c5ad0',
  '#4353c9',
  '#3543a8',
  '#2a3688',
];

const dark: MantineColorsTuple = [
  '#e8e9ec',
  '#c4c7ce',
  '#a0a4ae',
  '#7c818d',
  '#3a3d45',
  '#2c2e34',
  '#222429',
  '#191a1e',
  '#131417',
  '#0d0e10',
];

/**
 * The look of the console. Its CSS variables are written to a style sheet when the console is built
 * (`plugins/theme-css.ts`), because the content security policy allows no inline style element.
 */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 5 },
  colors: { ink, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '1.3' },
      h2: { fontSize: '14px', lineHeight: '1.4' },
      h3: { fontSize: '13px', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  // By name, not by import: a component that only one page uses is loaded with that page.
  components: {
    Button: { defaultProps: { size: 'xs' } },
    // A scroll lock writes an inline style element, which the content security policy refuses.
    Modal: { defaultProps: { lockScroll: false, centered: false, yOffset: '10vh', transitionProps: { duration: 90 } } },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 60 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 60 } } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 60 } } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right' } },
  },
});
