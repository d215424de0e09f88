import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { pageBuild } from '../src/view/server/page-build.ts'
import { type BundledPackage, bundledPackages, licencesText } from './release/licences.ts'

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

/**
 * Node's own modules by `require`, as the prototype of an empty object. An ESM import of one evaluates all its
 * exports, lazy ones included, and so does esbuild's copy of a `require`; that would cost the start 20 and 5 ms.
 */
const builtinsByRequire: Plugin = {
  name: 'builtins-by-require',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' },
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = Object.create(require('${path}'))`,
    }))
  },
}

const lateName = (file: string) =>
  `late-${file.slice(resolve('src').length + 1, -'.ts'.length).replaceAll('/', '-')}`

/** Leaves what is imported dynamically out of a bundle, to be read from a file of its own; notes it in `late`. */
const lateImports = (late: Set<string>): Plugin => ({
  name: 'late-imports',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
      if (kind !== 'dynamic-import') return undefined
      const file = resolve(dirname(importer), path)
      late.add(file)
      return { path: `./${lateName(file)}.js`, external: true }
    })
  },
})

/** What CommonJS code expects of its surroundings. */
const banner = [
  "import{createRequire as createRequireOfBundle}from'node:module';",
  'const require=createRequireOfBundle(import.meta.url);',
].join('')

type Build = (options: BuildOptions) => Promise<Metafile>

/** It has a part of its own for each platform. */
const external = ['koffi']

const common: BuildOptions = {
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  banner: { js: banner },
  logLevel: 'warning',
  external,
  alias: {
    // the ESM build of the gRPC base requires @grpc/grpc-js at run time, where no bundler sees it
    '@opentelemetry/otlp-grpc-exporter-base':
      './node_modules/@opentelemetry/otlp-grpc-exporter-base/dist/index.cjs',
  },
}

/** What telemetry is made of shares most of its code: exporters come and go with the settings. */
const isTelemetry = (file: string) => /^(telemetry|task-record)\//.test(file.slice(resolve('src').length + 1))

/**
 * The command in files that each are read as a whole, as each further one costs 1 to 2 ms: one with all that is needed
 * up to the first progress file and the start of a command, one for each part that is loaded later.
 */
const bundleCommand = async (build: Build) => {
  const late = new Set<string>()
  const plugins = [lateImports(late), builtinsByRequire]
  await build({ ...common, entryPoints: { cli: 'src/cli.ts' }, plugins })
  // it grows while it is walked through: parts have parts of their own
  for (const file of late) {
    if (!isTelemetry(file)) await build({ ...common, entryPoints: { [lateName(file)]: file }, plugins })
  }
  await build({
    ...common,
    entryPoints: Object.fromEntries([...late].filter(isTelemetry).map((file) => [lateName(file), file])),
    chunkNames: 'late-[name]-[hash]',
    splitting: true,
    plugins: [withoutEnvironmentExporters],
  })
  // a process of its own, which asks a driver that may hang
  await build({ ...common, entryPoints: { 'late-gpu-nvml': 'src/host/gpu/nvml/process.ts' }, plugins })
  // one that serves a page, away from the run that it shows
  const pageProcess = { 'late-view-process': 'src/view/server/process.ts' }
  await build({ ...common, entryPoints: pageProcess, plugins: [builtinsByRequire] })
}

/** A report holds the page and goes on by itself: it has to bring the licences along. */
const licencesComment = (packages: readonly BundledPackage[]) => {
  const texts = packages.map(({ name, version, text }) => `${name} ${version}\n\n${text}`)
  return `/*!\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/\n`
}

/** The page of `view` and `report`, for browsers. */
const bundlePage = async (build: Build) => {
  const metafile = await build({ ...pageBuild, target: [...pageBuild.target] })
  const file = 'dist/view-page.js'
  await writeFile(file, `${licencesComment(bundledPackages([metafile]))}${await readFile(file, 'utf8')}`)
}

const bundleLibrary = (build: Build) =>
  build({
    ...common,
    // who uses it reads its stack traces
    minify: false,
    // an application and its exporters must mean the same one
    external: [...external, '@opentelemetry/api'],
    entryPoints: {
      index: 'src/index.ts',
      progress: 'src/progress/index.ts',
      emulator: 'src/emulator/index.ts',
      workload: 'src/workload/index.ts',
      propagation: 'src/propagation/index.ts',
      recorder: 'src/recorder/index.ts',
      'recorder-otel': 'src/recorder/otel/index.ts',
      'recorder-kafka': 'src/recorder/kafka/index.ts',
      'recorder-training': 'src/recorder/training/index.ts',
      'recorder-workflow': 'src/recorder/workflow/index.ts',
    },
    chunkNames: 'lib-[name]-[hash]',
    splitting: true,
  })

/** Builds the command and the library into `dist/`, without the types, and the licences of what they hold. */
export const bundle = async (): Promise<void> => {
  const metafiles: Metafile[] = []
  const buildNoted: Build = async (options) => {
    const { metafile } = await build({ ...options, metafile: true })
    metafiles.push(metafile)
    return metafile
  }
  await rm('dist', { recursive: true, force: true })
  await bundleCommand(buildNoted)
  await bundleLibrary(buildNoted)
  await bundlePage(buildNoted)
  await writeFile('dist/THIRD_PARTY_LICENSES.txt', licencesText(bundledPackages(metafiles)))
}

if (import.meta.main) await bundle()
