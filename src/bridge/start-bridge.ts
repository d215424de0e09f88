import type { Clock } from '../clock.ts'
import { codeOf } from '../errors.ts'
import type { Point } from '../otlp/points/point.ts'
import { collectPoints } from './convert/collect-points.ts'
import { countTrouble, momentOf, newState, type State } from './convert/state.ts'
import { takeSighting } from './convert/take-sighting.ts'
import type { Mapping } from './mapping/mapping.ts'
import { followFile } from './reading/follow-file.ts'
import { openStateFile, type StateFile } from './state-file.ts'
import { createTeller, type Level, type Trouble } from './trouble.ts'

export interface BridgeOptions {
  /** The metrics file. */
  readonly path: string
  readonly mapping: Mapping
  /** From one export to the next. The first record, and the first after a silence, are exported at once. */
  readonly intervalMs: number
  /** From one look to the next where no change is announced. */
  readonly pollMs: number
  readonly staleAfterMs: number
  /** Where what was counted is kept for the next life of the bridge. @default nowhere */
  readonly statePath?: string
  readonly clock: Clock
  /** Takes the points of one export. */
  readonly accept: (points: readonly Point[], nowMs: number) => void
  readonly tell: (level: Level, message: string) => void
}

export interface Bridge {
  /** What it knows now. */
  readonly state: () => State
  /** Looks once more, exports a last time, and ends. */
  readonly end: () => Promise<void>
}

/** Reads a metrics file for as long as it runs, and hands over its points. Whatever the file does, it goes on. */
export const startBridge = (options: BridgeOptions): Bridge => {
  const { path, mapping, intervalMs, pollMs, staleAfterMs, statePath, clock, accept, tell } = options
  const tellTrouble = createTeller(tell)
  const stateFile = statePath === undefined ? undefined : openStateFile(statePath, mapping)
  let state = newState(momentOf(clock))
  let fileMs: number | undefined
  let isSilent = true
  let cancelTimer = () => {}

  /** Counts what is wrong each time, what may be right once. */
  const takeTrouble = (trouble: Trouble) => {
    const isNew = tellTrouble(trouble)
    if (isNew || !/^(missing|unknown)-field$/.test(trouble.kind)) state = countTrouble(state, trouble.kind)
  }

  const tryFile = async <T>(use: (file: StateFile) => T | Promise<T>): Promise<T | undefined> => {
    try {
      return stateFile && (await use(stateFile))
    } catch (error) {
      const message = `what was counted cannot be kept in ${statePath} (${codeOf(error)}): counts begin anew with the bridge`
      takeTrouble({ kind: 'state', message })
      return undefined
    }
  }

  const exportNow = async () => {
    const now = momentOf(clock)
    const collected = collectPoints(mapping, state, now, { staleAfterMs, fileMs })
    state = collected.state
    isSilent = state.exported.length === 0
    // first kept, then sent: after a crash between the two nothing was sent that is not known
    await tryFile((file) => file.write(collected.state))
    accept(collected.points, now.wallMs)
  }

  let underWay: Promise<void> = Promise.resolve()
  const requestExport = () => {
    underWay = underWay.then(exportNow)
    return underWay
  }

  const follower = (): ReturnType<typeof followFile> =>
    followFile({
      ...{ path, pollMs, clock },
      onSighting: (sighting) => {
        fileMs = sighting.writtenAtMs
        const before = state.freshAtMs
        const { state: next, troubles } = takeSighting(mapping, state, sighting, momentOf(clock))
        state = next
        for (const trouble of troubles) takeTrouble(trouble)
        if (isSilent && state.freshAtMs !== before) {
          isSilent = false
          void requestExport()
        }
      },
      onTrouble: takeTrouble,
      onMissing: () => {
        const isGone = fileMs !== undefined
        fileMs = undefined
        tell(
          'info',
          `metrics file ${path} is ${isGone ? 'gone' : 'not there yet'}: waiting for the job to write it`,
        )
      },
    })

  const opened = tryFile((file) => file.read()).then((kept) => {
    if (kept) state = kept
    return follower()
  })
  const turn = () => {
    cancelTimer = clock.after(intervalMs, turn, { keepsAlive: true })
    void requestExport()
  }
  // nothing is exported before the first look: what it finds may be what was exported before
  const started = opened.then(async (file) => {
    await file.look()
    cancelTimer = clock.after(intervalMs, turn, { keepsAlive: true })
  })

  return {
    state: () => state,
    end: async () => {
      await started
      const file = await opened
      await file.look()
      file.close()
      cancelTimer()
      await requestExport()
    },
  }
}
