import type { CheckpointWatch, Look } from '../../checkpoint/watch.ts'
import type { Clock } from '../../clock.ts'
import type { JsonObject } from '../../json.ts'
import type { CheckpointEvent } from '../../workload-events.ts'
import type { WorkloadContext } from '../workload.ts'

export type AnnouncerContext = Pick<WorkloadContext, 'emit' | 'announced' | 'training'>

export interface AnnouncerOptions {
  readonly watch: CheckpointWatch
  readonly context: AnnouncerContext
  readonly clock: Clock
  /** Time between two looks, in milliseconds. */
  readonly pauseMs: number
}

/** How the command ended. */
export interface End {
  /** By itself: what it was writing it has written. */
  readonly endedWell: boolean
  /** The training is complete: the last checkpoint carries 100. */
  readonly isComplete: boolean
}

/** Announces checkpoints as they are completed. */
export interface Announcer {
  /** Whether one is being written, as of the last look. */
  readonly isSaving: () => boolean
  /** Begins no more looks but the last one: what is still found then may carry 100. */
  readonly stop: () => void
  /** Takes what the training itself says of a checkpoint, and looks at it as soon as it can. */
  readonly declare: CheckpointWatch['declare']
  /**
   * The command has ended: looks for the last time and announces what is left, until the limit at the latest; what is
   * left then the next attempt announces.
   */
  readonly finish: (end: End, limitMs: number) => Promise<void>
}

/** The training's own numbers, for the metadata of a state. */
const numbersOf = ({ training }: AnnouncerContext): JsonObject => {
  const { step, epoch, metrics } = training.state()
  const seconds = training.timeToGoSeconds()
  const known = { step, epoch, loss: metrics.loss, secondsToGo: seconds && Math.round(seconds) }
  return Object.fromEntries(
    Object.entries(known).flatMap(([key, value]) =>
      value !== undefined && Number.isFinite(value) ? [[key, value]] : [],
    ),
  )
}

/** Starts to look. One checkpoint at a time: each is looked at once more right before its own turn. */
export const startAnnouncer = ({ watch, context, clock, pauseMs }: AnnouncerOptions): Announcer => {
  let isSaving = false
  let isOver = false
  let wake = () => {}

  const pause = () =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(pauseMs, resolve)
      wake = () => {
        cancel()
        resolve()
      }
    })
  const tell = (findings: readonly string[]) => {
    for (const text of findings) context.emit({ type: 'message', severity: 'WARN', text })
  }
  const emit = (event: CheckpointEvent, percentComplete?: number) =>
    context.emit({
      ...event,
      metadata: { ...numbersOf(context), ...event.metadata },
      ...(percentComplete !== undefined && { percentComplete }),
    })

  // an earlier one that is not in the progress file yet; the next one is looked at again when its turn has come
  let isOneWaiting = false
  const announceNext = async ([ready]: Look['ready']) => {
    const event = ready && !isOneWaiting ? await watch.publish(ready) : undefined
    if (!event) return
    emit(event)
    isOneWaiting = true
    const onTurn = () => {
      isOneWaiting = false
      wake()
    }
    context.announced().then(onTurn, onTurn)
  }
  const looking = async () => {
    while (!isOver) {
      const seen = await watch.look()
      isSaving = seen.isSaving
      tell(seen.findings)
      await announceNext(seen.ready)
      if (!isOver) await pause()
    }
  }
  const loop = looking().catch((error: unknown) => {
    const text = `no checkpoint is announced any more before the end: ${(error as Error).message}`
    context.emit({ type: 'message', severity: 'ERROR', text })
  })

  const announceRest = async ({ endedWell, isComplete }: End, isLate: () => boolean) => {
    const { findings, ready } = await watch.lookAtEnd({ endedWell })
    tell(findings)
    for (const [at, checkpoint] of ready.entries()) {
      await context.announced()
      if (isLate()) return
      const event = await watch.publish(checkpoint)
      if (event) emit(event, isComplete && at === ready.length - 1 ? 100 : undefined)
    }
    tell(watch.takeFindings())
    // what is held back for the 100 does not wait here
    if (!isComplete) await context.announced()
  }

  const stop = () => {
    isOver = true
    wake()
  }

  return {
    isSaving: () => isSaving,
    stop,
    declare: (declaration) => {
      watch.declare(declaration)
      wake()
    },
    finish: async (end, limitMs) => {
      stop()
      let isTooLate = false
      const limit = Promise.withResolvers<void>()
      const onLimit = () => {
        isTooLate = true
        limit.resolve()
      }
      const cancel = Number.isFinite(limitMs) ? clock.after(limitMs, onLimit, { keepsAlive: true }) : () => {}
      const rest = loop.then(() => announceRest(end, () => isTooLate))
      await Promise.race([rest, limit.promise]).finally(cancel)
      // whatever comes after the limit is nobody's concern any more
      rest.catch(() => undefined)
    },
  }
}
