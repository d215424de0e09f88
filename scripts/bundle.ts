import { rm } from 'node:fs/promises'
import { build, type Plugin } from 'esbuild'

/**
 * NodeSDK imports every exporter that the environment could ask it for. We never let it choose, so in the bundle
 * those imports are empty; our own, of the exporter that was selected, are kept.
 */
const withoutEnvironmentExporters: Plugin = {
  name: 'without-environment-exporters',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^@opentelemetry\/exporter-/ }, ({ path, importer }) =>
      importer.includes('/sdk-node/') ? { path, namespace: 'never-chosen' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'never-chosen' }, () => ({ contents: 'module.exports = {}' }))
  },
}

/** The ESM build of the gRPC base requires @grpc/grpc-js at run time, where no bundler sees it. */
const alias = {
  '@opentelemetry/otlp-grpc-exporter-base':
    './node_modules/@opentelemetry/otlp-grpc-exporter-base/dist/index.cjs',
}

/** What CommonJS code expects of its surroundings; write-file-atomic needs `__filename` at its first write. */
const banner = [
  "import{createRequire as createRequireOfBundle}from'node:module';",
  'const require=createRequireOfBundle(import.meta.url);',
  'const __filename=import.meta.filename;',
].join('')

/** Bundles entry points, split so that each part is read when it is used. */
const bundleEntries = (entryPoints: Readonly<Record<string, string>>, chunkNames: string) =>
  build({
    entryPoints,
    outdir: 'dist',
    chunkNames,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    alias,
    plugins: [withoutEnvironmentExporters],
    banner: { js: banner },
    logLevel: 'warning',
  })

/**
 * Builds the command and the library. Apart from each other: what they share would otherwise be cut into many
 * small files, each of which costs the command's start a millisecond.
 */
export const bundle = async (): Promise<void> => {
  await rm('dist', { recursive: true, force: true })
  await bundleEntries({ cli: 'src/cli.ts' }, 'cli-[name]-[hash]')
  await bundleEntries(
    { index: 'src/index.ts', progress: 'src/progress/index.ts', workload: 'src/workload/index.ts' },
    'lib-[name]-[hash]',
  )
}

if (import.meta.main) await bundle()
