/** Energy of each GPU at the last time that steps had been made. */
export interface StepEnergy {
  /**
   * Joules per step since the last call with other steps; undefined if no steps were made since, and at first.
   *
   * @param joules - all that the GPU has used
   */
  readonly perStep: (id: string, joules: number) => number | undefined
  /** Ends a round of calls, all of which were about this number of steps. */
  readonly close: () => void
}

/**
 * Compares energy with the steps of a training, over the rounds in which both are told. A step that takes longer than a
 * round is told in the round that it ended in.
 */
export const openStepEnergy = (): { readonly at: (steps: number) => StepEnergy } => {
  let lastSteps: number | undefined
  let lastJoules = new Map<string, number>()
  return {
    at: (steps) => {
      const made = steps - (lastSteps ?? steps)
      const joulesNow = new Map<string, number>()
      return {
        perStep: (id, joules) => {
          joulesNow.set(id, joules)
          const before = lastJoules.get(id)
          return made > 0 && before !== undefined && joules >= before ? (joules - before) / made : undefined
        },
        close: () => {
          // without new steps, the time that passed belongs to the one that is being made
          if (made === 0 && lastSteps !== undefined) {
            for (const [id, joules] of joulesNow) if (!lastJoules.has(id)) lastJoules.set(id, joules)
            return
          }
          lastSteps = steps
          lastJoules = joulesNow
        },
      }
    },
  }
}
