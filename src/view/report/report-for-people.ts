import { type Clock, systemClock } from '../../clock.ts'
import { cannotWrite } from '../../disk-errors.ts'
import { sizeText } from '../../terminal/size.ts'
import { writeWhole } from '../../whole-file.ts'
import { openRuns } from '../reading/open-runs.ts'
import { readPageFiles } from '../server/page-files.ts'
import { bundleOf } from './bundle.ts'
import { reportHtml } from './report-html.ts'

export interface ReportOptions {
  /** Of runs: results directories, or what `emulate --keep` left. */
  readonly directories: readonly string[]
  /** What to write; it is replaced if it is there. */
  readonly file: string
  readonly stdout: () => { readonly write: (text: string) => unknown }
  readonly clock?: Clock
}

/**
 * Writes the page of some runs as one file, and says so. Resolves to the exit status.
 *
 * @throws {TaskbeatError} `USAGE` (64) for a directory without a run, `NOT_WRITABLE` (73), `NOT_BUILT` (70)
 */
export const reportForPeople = async (options: ReportOptions): Promise<number> => {
  const { directories, file, stdout, clock = systemClock } = options
  const runs = openRuns(directories, { clock })
  try {
    const [page, bundle] = await Promise.all([readPageFiles(), bundleOf(runs)])
    const overviews = await Promise.all(runs.runs.map((run) => run.overview()))
    const labels = overviews.map(({ label }) => label).join(', ')
    const html = reportHtml({ title: `${labels} · taskbeat`, page, bundle })
    await writeWhole(file, html).catch((error: unknown) => {
      throw cannotWrite(file, error, 'name another file with -o')
    })
    const [one] = overviews
    const what = overviews.length === 1 ? one?.sentence : `${overviews.length} runs, ${labels}`
    stdout().write(`${file}, ${sizeText(Buffer.byteLength(html))}: ${what}\n`)
    return 0
  } finally {
    runs.close()
  }
}
