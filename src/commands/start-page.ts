import type { Settings } from '../settings.ts'
import type { PageProcess } from '../view/server/page-process.ts'

export interface StartedPageOptions {
  readonly settings: Pick<Settings, 'uiPort' | 'logbookMb'>
  /** Of the run. */
  readonly directory: string
  /** What the page says when the run has ended. */
  readonly sentence: string
  /** Is told where the page is, or why there is none. */
  readonly tell: (line: string) => void
}

/** Starts the page of `--ui`, once what that takes is loaded: nothing waits for it. */
export const startPage = (options: StartedPageOptions): PageProcess | undefined => {
  const { settings, directory, sentence, tell } = options
  if (settings.logbookMb === 0) {
    tell('taskbeat: no page: with TASKBEAT_LOGBOOK_MB at 0 there is nothing to show')
    return undefined
  }
  let page: PageProcess | undefined
  const starting = import('../view/server/page-process.ts')
    .then(({ startPageProcess }) => {
      page = startPageProcess({ directories: [directory], port: settings.uiPort, sentence, tell })
    })
    .catch((error: unknown) => tell(`taskbeat: no page: ${error}`))
  return {
    pid: () => page?.pid(),
    end: async (stop) => {
      await starting
      await page?.end(stop)
    },
  }
}
