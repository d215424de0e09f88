import type { Clock } from '../../clock.ts'
import { isJsonObject, type JsonObject } from '../../json.ts'
import type { Trouble } from '../trouble.ts'
import { lookAt } from './look.ts'
import { parseJson } from './parse-json.ts'
import { watchDirectory } from './watch-directory.ts'

/** A metrics file as it was at one look. Its numbers may be NaN or infinite. */
export interface Sighting {
  readonly document: JsonObject
  /** The same for two looks at what was written once. */
  readonly identity: string
  /** When it was written, by its file system: milliseconds since 1970. */
  readonly writtenAtMs: number
}

export interface FollowFileOptions {
  readonly path: string
  /** From one look to the next where no change is announced, as on network file systems. */
  readonly pollMs: number
  readonly clock: Clock
  /** The same content may be sighted several times. */
  readonly onSighting: (sighting: Sighting) => void
  /** Told when it begins, not at every look. */
  readonly onTrouble: (trouble: Trouble) => void
  /** There is no file, as before the job has started; told when that begins. */
  readonly onMissing: () => void
}

export interface FileFollower {
  /** Looks once more; resolves when what that found was told. */
  readonly look: () => Promise<void>
  /** Nothing is told after it. */
  readonly close: () => void
}

/** A burst of changes is one look: at most 200 a second, whoever writes beside us. */
const burstMs = 5
/** Without a watch, at least so often: what has just started is seen within a second. */
const unwatchedPollMs = 500
/** A file that is being written is whole within moments; what is not by the last of these is broken. */
const retriesMs = [20, 60, 320]
const brokenAfterMs = retriesMs.reduce((sum, ms) => sum + ms, 0)
/** File systems round the time of a write, some to two seconds: until then a second write may look like the first. */
const roundingMs = 2000

/**
 * Follows a JSON file that others rewrite, in place or by a rename: watches its directory, and looks now and then in any
 * case. One look at a time; it keeps no process alive.
 */
export const followFile = (options: FollowFileOptions): FileFollower => {
  const { path, pollMs, clock, onSighting, onTrouble, onMissing } = options
  let isClosed = false
  /** What was found, where that is told once and not at every look. */
  let state: string | undefined
  let settledIdentity: string | undefined
  let broken: { readonly sinceMs: number; readonly tries: number } | undefined
  let cancelPoll = () => {}
  let cancelBurst: (() => void) | undefined
  let cancelRetry = () => {}

  /** Tells what lasts when it begins. */
  const enter = (next: string, tell: () => void) => {
    if (state !== next) tell()
    state = next
  }
  const enterTrouble = (trouble: Trouble) =>
    enter(`${trouble.kind} ${trouble.message}`, () => onTrouble(trouble))

  const isBroken = (): boolean => {
    const nowMs = clock.monotonicMs()
    const { sinceMs, tries } = broken ?? { sinceMs: nowMs, tries: 0 }
    broken = { sinceMs, tries: tries + 1 }
    if (nowMs - sinceMs >= brokenAfterMs) return true
    cancelRetry()
    cancelRetry = clock.after(retriesMs[tries] ?? brokenAfterMs, () => void look())
    return false
  }

  const use = (text: string, sighting: Omit<Sighting, 'document'>) => {
    const value = parseJson(text)
    if (value === undefined) {
      if (isBroken())
        enterTrouble({ kind: 'not-json', message: `metrics file ${path} is no JSON, or has no end` })
      return
    }
    broken = undefined
    cancelRetry()
    // what is unchanged is not read again, once no later write can look the same
    const isSettled = clock.now().getTime() - sighting.writtenAtMs > roundingMs
    settledIdentity = isSettled ? sighting.identity : undefined
    if (isJsonObject(value)) {
      state = 'good'
      onSighting({ document: value, ...sighting })
    } else enterTrouble({ kind: 'not-an-object', message: `metrics file ${path} is no JSON object` })
  }

  const lookOnce = async () => {
    const found = await lookAt(path, settledIdentity)
    if (isClosed || found.kind === 'unchanged') return
    settledIdentity = undefined
    if (found.kind === 'text') {
      const { text, identity, writtenAtMs } = found
      use(text, { identity, writtenAtMs })
    } else if (found.kind === 'missing') enter('missing', onMissing)
    else enterTrouble(found.trouble)
  }

  let underWay: Promise<void> = Promise.resolve()
  const look = () => {
    underWay = underWay.then(() => (isClosed ? undefined : lookOnce()))
    return underWay
  }

  const watch = watchDirectory({
    path,
    onChange: () => {
      cancelBurst ??= clock.after(burstMs, () => {
        cancelBurst = undefined
        void look()
      })
    },
    onRefused: (code) =>
      onTrouble({
        kind: 'watch',
        message: `the directory of the metrics file cannot be watched (${code}): it is read every ${Math.min(pollMs, unwatchedPollMs)} ms instead`,
      }),
  })

  const turn = async () => {
    // the watch first: what changes between the two is announced
    const isWatched = await watch.renew()
    await look()
    if (!isClosed)
      cancelPoll = clock.after(isWatched ? pollMs : Math.min(pollMs, unwatchedPollMs), () => void turn())
  }
  void turn()
  return {
    look,
    close: () => {
      isClosed = true
      cancelPoll()
      cancelBurst?.()
      cancelRetry()
      watch.close()
    },
  }
}
