import { type Clock, endsWithin, systemClock } from '../clock.ts'
import { type Posted, type PostStatus, postStatus, type TrainerEndpoint } from './post-status.ts'
import { statusBody, type TrainerProgress } from './status-body.ts'

/** Least time between the starts of two requests: what Kubeflow asks of its clients, and its own SDK keeps to. */
const spacingMs = 5_000
/** After failures the spacing doubles up to this. */
const longestSpacingMs = 60_000
const timeoutMs = 10_000
/** Most time that the end waits for the last request. */
const lastMs = 2_000

export interface TrainerStatusOptions extends TrainerEndpoint {
  /** Takes a line for people. */
  readonly print: (line: string) => void
  /** @default the system's */
  readonly clock?: Clock
  /** @default over HTTPS */
  readonly post?: PostStatus
}

/** Tells a Kubeflow TrainJob how far its training is. */
export interface TrainerStatus {
  /** Takes what is known now; returns at once, and replaces what was told before and has not been sent. */
  readonly tell: (progress: TrainerProgress) => void
  /** Sends what was told last, if the TrainJob does not know it yet; resolves within 2 s, and nothing is sent after that. */
  readonly end: () => Promise<void>
}

/** JSON is made of it only if it is sent. */
interface Seen {
  readonly progress: TrainerProgress
  readonly at: Date
}

const silent: TrainerStatus = { tell: () => {}, end: async () => {} }

const isHttps = (url: string) => URL.parse(url)?.protocol === 'https:'

/**
 * Opens the way to a TrainJob's status (`kubectl get trainjob -o jsonpath='{.status.trainerStatus}'`). There is one
 * request at a time, the newest state wins, and what fails is told once and counted: the training never notices.
 *
 * @see KEP-2779, kubeflow/trainer `docs/user-guides/trainjob-progress.md`
 */
export const openTrainerStatus = ({
  print,
  clock = systemClock,
  post = postStatus,
  ...endpoint
}: TrainerStatusOptions): TrainerStatus => {
  if (!isHttps(endpoint.url)) {
    print('taskbeat: KUBEFLOW_TRAINER_SERVER_URL is no https URL: the TrainJob is not told of progress')
    return silent
  }
  let pending: Seen | undefined
  let inFlight: Promise<void> | undefined
  let notBeforeMs = clock.monotonicMs()
  let cancelTimer: (() => void) | undefined
  let hasEnded = false
  let sent = 0
  let failed = 0
  let failedInARow = 0
  const ending = new AbortController()

  const note = (posted: Posted, seen: Seen | undefined) => {
    sent += 1
    if (posted.ok) {
      failedInARow = 0
      return
    }
    failed += 1
    failedInARow += 1
    // tried again, unless there is something newer
    pending ??= seen
    if (failed > 1) return
    print(`taskbeat: the TrainJob's status was not updated (${posted.reason}); the training goes on`)
  }

  const send = async (seen: Seen) => {
    const body = statusBody(seen.progress, seen.at)
    const timeout = new AbortController()
    const cancelTimeout = clock.after(timeoutMs, () => timeout.abort())
    const posted = await post(endpoint, body, AbortSignal.any([timeout.signal, ending.signal])).catch(
      (): Posted => ({ ok: false, reason: 'no answer' }),
    )
    cancelTimeout()
    note(!posted.ok && timeout.signal.aborted ? { ok: false, reason: 'no answer in 10 s' } : posted, seen)
  }

  const start = () => {
    const seen = pending
    if (seen === undefined) return
    pending = undefined
    const startedMs = clock.monotonicMs()
    inFlight = send(seen).then(() => {
      inFlight = undefined
      notBeforeMs = startedMs + Math.min(longestSpacingMs, spacingMs * 2 ** failedInARow)
      if (!hasEnded) schedule()
    })
  }

  const schedule = () => {
    if (pending === undefined || inFlight || cancelTimer) return
    cancelTimer = clock.after(Math.max(0, notBeforeMs - clock.monotonicMs()), () => {
      cancelTimer = undefined
      start()
    })
  }

  const sendLast = async () => {
    await inFlight
    if (!ending.signal.aborted) start()
    await inFlight
  }

  return {
    tell: (progress) => {
      if (hasEnded) return
      pending = { progress, at: clock.now() }
      schedule()
    },
    end: async () => {
      if (hasEnded) return
      hasEnded = true
      cancelTimer?.()
      if (!(await endsWithin(clock, lastMs, sendLast())))
        note({ ok: false, reason: 'no answer in 2 s' }, undefined)
      ending.abort()
      if (failed > 1) print(`taskbeat: ${failed} of ${sent} updates of the TrainJob's status failed`)
    },
  }
}
