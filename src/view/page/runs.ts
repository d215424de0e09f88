import { type ReadonlySignal, signal } from '@preact/signals'
import type { Overview, RunsData } from '../api.ts'
import type { RunView } from './looking.ts'

/** All that the page shows. */
export interface Runs {
  readonly views: readonly RunView[]
  /** Why nothing new will come, once that is so: the process that told us has gone. */
  readonly gone: ReadonlySignal<string | undefined>
}

/** Asks for the first overviews and follows their changes; none that comes between is lost. */
export const watchRuns = async (data: RunsData): Promise<Runs> => {
  const gone = signal<string | undefined>(undefined)
  const newest = new Map<number, Overview>()
  let take = (index: number, overview: Overview): void => void newest.set(index, overview)
  data.onGone((sentence?: string) => {
    gone.value = sentence ?? 'The process that served this page has ended: nothing new will come.'
  })
  data.onChange((index, overview) => take(index, overview))
  const first = await Promise.all(data.runs.map((run) => run.overview()))
  const overviews = first.map((overview, index) => signal(newest.get(index) ?? overview))
  take = (index, overview) => {
    const shown = overviews[index]
    if (shown) shown.value = overview
  }
  const views = data.runs.flatMap((run, index): readonly RunView[] => {
    const overview = overviews[index]
    return overview ? [{ index, data: run, overview }] : []
  })
  return { views, gone }
}
