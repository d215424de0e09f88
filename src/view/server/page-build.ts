import { fileURLToPath } from 'node:url'

/** Of 2024: the first ones that know `light-dark()`. */
const browsers = ['chrome123', 'firefox120', 'safari17.5']

/** How esbuild makes the page: one script and one style, which a document may hold as they are. */
export const pageBuild = {
  entryPoints: { 'view-page': fileURLToPath(new URL('../page/main.tsx', import.meta.url)) },
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: browsers,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'warning',
} as const
