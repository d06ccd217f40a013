import { convertCssVariables, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME } from '@mantine/core';
import type { Plugin } from 'vite';
import { theme } from '../src/theme/theme.ts';

const id = 'virtual:theme.css';

/**
 * Mantine writes its theme's variables into a style element at run time, which a strict content security policy
 * refuses. This writes the same variables into the style sheet when the console is built.
 */
export function themeCss(): Plugin {
  return {
    name: 'tierline-theme-css',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(source) {
      if (source !== `\0${id}`) return null;
      return convertCssVariables(defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme)), ':root');
    },
  };
}
