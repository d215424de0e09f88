import { systemClock } from '../../clock.ts'
import { signalStatus } from '../../signal-status.ts'
import { openView, type ViewOptions } from './open-view.ts'

export interface ViewForPeopleOptions extends Pick<ViewOptions, 'directories' | 'port'> {
  /** Asks for the end; the reason is the name of a signal. */
  readonly stop: AbortSignal
  readonly stdout: () => { readonly write: (text: string) => unknown }
}

/** Serves the page of some runs, tells its address, and goes on until it is asked to end. Resolves to the exit status. */
export const viewForPeople = async ({ stop, stdout, ...options }: ViewForPeopleOptions): Promise<number> => {
  const view = await openView({ ...options, clock: systemClock })
  stdout().write(`${view.address}\n`)
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    stop.addEventListener('abort', () => resolve(), { once: true })
  })
  view.close()
  return signalStatus(stop.reason as NodeJS.Signals)
}
