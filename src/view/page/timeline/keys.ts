import type { Range } from '../../api.ts'
import { holding, moveWithin } from './scale.ts'

/** Where a timeline stands. */
export interface TimelineState {
  readonly all: Range
  readonly shown: Range
  readonly cursorMs: number | undefined
  /** Where a selection by keys began. */
  readonly anchorMs: number | undefined
}

/** What a key makes of it: `shown` undefined is all of the run. */
export interface TimelineChange {
  readonly cursorMs?: number
  readonly anchorMs?: number | undefined
  readonly shown?: Range | undefined
  /** Look at the moment under the cursor everywhere. */
  readonly isLookedAt?: true
}

interface Key {
  readonly key: string
  readonly shiftKey: boolean
}

const clamp = (value: number, { fromMs, toMs }: Range): number => Math.min(Math.max(value, fromMs), toMs)

/**
 * Arrows move the cursor by a hundredth of what is shown, with Shift by a tenth; beyond its edge the view follows.
 * Page keys move the view. Space begins and ends a selection, Enter shows the moment everywhere.
 */
export const pressKey = (
  { all, shown, cursorMs, anchorMs }: TimelineState,
  { key, shiftKey }: Key,
): TimelineChange | undefined => {
  const length = shown.toMs - shown.fromMs
  const cursor = cursorMs ?? shown.fromMs
  const moveTo = (timeMs: number): TimelineChange => {
    const to = clamp(timeMs, all)
    const next = holding(shown, to, all)
    return next === shown ? { cursorMs: to } : { cursorMs: to, shown: next }
  }
  const step = length / (shiftKey ? 10 : 100)
  switch (key) {
    case 'ArrowRight':
      return moveTo(cursorMs === undefined ? shown.fromMs : cursor + step)
    case 'ArrowLeft':
      return moveTo(cursorMs === undefined ? shown.toMs : cursor - step)
    case 'Home':
      return { cursorMs: shown.fromMs }
    case 'End':
      return { cursorMs: shown.toMs }
    case 'PageUp':
      return { shown: moveWithin(shown, -length / 2, all) }
    case 'PageDown':
      return { shown: moveWithin(shown, length / 2, all) }
    case ' ':
      if (anchorMs === undefined) return { cursorMs: cursor, anchorMs: cursor }
      return anchorMs === cursor
        ? { anchorMs: undefined }
        : {
            anchorMs: undefined,
            shown: { fromMs: Math.min(anchorMs, cursor), toMs: Math.max(anchorMs, cursor) },
          }
    case 'Enter':
      return { cursorMs: cursor, isLookedAt: true }
    default:
      return undefined
  }
}
