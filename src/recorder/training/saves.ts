import { most } from './durations.ts'

/**
 * Work that is not lost if the training dies now, because a checkpoint holds it. What is not known is not there.
 */
export interface Productivity {
  /** With those of a checkpoint that was loaded. */
  readonly iterations?: number | undefined
  /** With those of a checkpoint that was loaded. */
  readonly samples?: number | undefined
  /** Of this attempt. */
  readonly iterationsSec?: number | undefined
  /** Of this attempt. */
  readonly validationSec?: number | undefined
  /** 10^12 floating point operations, with those of a checkpoint that was loaded. */
  readonly tflops?: number | undefined
}

/** A save that began, and of which nobody has heard yet that it succeeded. */
export interface PendingSave {
  readonly step: number | undefined
  readonly holds: Productivity
}

/** What is known of all saves of an attempt, in constant memory. */
export interface Saves {
  readonly attempts: number
  readonly successes: number
  /** Oldest first, at most {@link mostPendingSaves}. */
  readonly pending: readonly PendingSave[]
  /** The most that any checkpoint holds. */
  readonly productive: Productivity
  /** Seconds since 1970. */
  readonly firstSuccessSec: number | undefined
  readonly latestSuccessSec: number | undefined
}

export const noSaves: Saves = {
  attempts: 0,
  successes: 0,
  pending: [],
  productive: {},
  firstSuccessSec: undefined,
  latestSuccessSec: undefined,
}

/** Saves that are under way at the same time; beyond it the oldest is taken to have failed. */
export const mostPendingSaves = 64

const without = (pending: readonly PendingSave[], step: number | undefined) =>
  pending.filter((save) => save.step !== step)

/** A save begins: an attempt, whatever becomes of it. */
export const beginSave = (saves: Saves, save: PendingSave): Saves => ({
  ...saves,
  attempts: saves.attempts + 1,
  pending: [...without(saves.pending, save.step), save].slice(-mostPendingSaves),
})

/** A save will not succeed any more. */
export const giveUpSave = (saves: Saves, step: number | undefined): Saves => ({
  ...saves,
  pending: without(saves.pending, step),
})

const larger = (known: number | undefined, value: number | undefined) =>
  value === undefined ? known : most(known, value)

const largest = (known: Productivity, other: Productivity): Productivity => ({
  iterations: larger(known.iterations, other.iterations),
  samples: larger(known.samples, other.samples),
  iterationsSec: larger(known.iterationsSec, other.iterationsSec),
  validationSec: larger(known.validationSec, other.validationSec),
  tflops: larger(known.tflops, other.tflops),
})

/**
 * A save succeeded. One that began before another, and is done after it, takes nothing away; of one that nobody knows
 * the beginning of nothing is known but that it succeeded.
 */
export const succeedSave = (saves: Saves, step: number | undefined, atSec: number): Saves => {
  const holds = saves.pending.find((save) => save.step === step)?.holds ?? {}
  const { firstSuccessSec: first, latestSuccessSec: latest } = saves
  return {
    ...saves,
    successes: saves.successes + 1,
    pending: without(saves.pending, step),
    productive: largest(saves.productive, holds),
    firstSuccessSec: first === undefined ? atSec : Math.min(first, atSec),
    latestSuccessSec: most(latest, atSec),
  }
}
