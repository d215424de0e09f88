import { readFile } from 'node:fs/promises'
import { TaskbeatError } from '../../errors.ts'

/** What a browser needs beside the data. */
export interface PageFiles {
  readonly script: string
  readonly style: string
}

const readBuilt = async (directory: URL): Promise<PageFiles> => {
  const [script, style] = await Promise.all(
    ['view-page.js', 'view-page.css'].map((name) => readFile(new URL(name, directory), 'utf8')),
  )
  return { script: script ?? '', style: style ?? '' }
}

/** The sources are there: the page is made of them as they are now. Undefined without esbuild. */
const buildNow = async (): Promise<PageFiles | undefined> => {
  // names that no bundler follows: what is bundled has the page beside it
  const [bundler, options] = ['esbuild', './page-build.ts']
  const esbuild: typeof import('esbuild') | undefined = await import(bundler).catch(() => undefined)
  if (!esbuild) return undefined
  const { pageBuild }: typeof import('./page-build.ts') = await import(options)
  const { outputFiles } = await esbuild.build({ ...pageBuild, target: [...pageBuild.target], write: false })
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return { script: textOf('.js'), style: textOf('.css') }
}

const notBuilt = (cause: unknown) =>
  new TaskbeatError('NOT_BUILT', 'the page is not there, as it was never built: npm run build makes it', {
    exitStatus: 70,
    cause,
  })

/**
 * The page, as it was built beside this program, or of its sources where this runs from sources.
 *
 * @throws {TaskbeatError} `NOT_BUILT` (70)
 */
export const readPageFiles = async (): Promise<PageFiles> => {
  const isSource = import.meta.url.endsWith('.ts')
  const built = isSource ? await buildNow() : undefined
  return (
    built ??
    (await readBuilt(new URL(isSource ? '../../../dist/' : './', import.meta.url)).catch((error) => {
      throw notBuilt(error)
    }))
  )
}
