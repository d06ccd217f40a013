import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { directImports } from './plugins/direct-imports.ts';
import { themeCss } from './plugins/theme-css.ts';

// Whoever builds from within a test has another environment; what is built is always what people get.
process.env['NODE_ENV'] = 'production';

export default defineConfig({
  root: __dirname,
  plugins: [directImports('@mantine/core'), directImports('@mantine/charts'), themeCss()],
  build: {
    outDir: resolve(__dirname, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    // Everything is a file of its own: the content security policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: 'automatic' } },
  server: {
    proxy: process.env['TIERLINE_PUBLIC_URL']
      ? { '/v1': process.env['TIERLINE_PUBLIC_URL'], '/console-config.json': process.env['TIERLINE_PUBLIC_URL'] }
      : undefined,
  },
});
