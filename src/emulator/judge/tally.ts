import type { JudgedLine, RefusedLine } from './judge-line.ts'
import type { Verdict } from './verdict.ts'

/** How many ids of differing lines are named. */
const MOST_NAMED = 20

/** What has become of many lines. */
export interface JudgeTally {
  readonly outcomes: Readonly<Record<Verdict['outcome'], number>>
  readonly refused: number
  readonly agreeing: number
  readonly differing: number
  /** The first of those that differ. */
  readonly differingIds: readonly string[]
}

export const emptyTally: JudgeTally = {
  outcomes: { running: 0, completed: 0, errored: 0 },
  refused: 0,
  agreeing: 0,
  differing: 0,
  differingIds: [],
}

/** The tally with one more line. */
export const tallyLine = (tally: JudgeTally, line: JudgedLine | RefusedLine): JudgeTally => {
  if (line.kind === 'refused') return { ...tally, refused: tally.refused + 1 }
  const { outcomes, agreeing, differing, differingIds } = tally
  const differs = line.agrees === false
  return {
    ...tally,
    outcomes: { ...outcomes, [line.outcome]: outcomes[line.outcome] + 1 },
    agreeing: agreeing + (line.agrees === true ? 1 : 0),
    differing: differing + (differs ? 1 : 0),
    differingIds: differs && differing < MOST_NAMED ? [...differingIds, line.id] : differingIds,
  }
}

/** The tally in lines for people. */
export const tellTally = (tally: JudgeTally): readonly string[] => {
  const { outcomes, refused, agreeing, differing, differingIds } = tally
  const judged = outcomes.running + outcomes.completed + outcomes.errored
  const lines = [
    `${count(judged, 'line')} judged: ${outcomes.running} running, ${outcomes.completed} completed, ${outcomes.errored} errored`,
  ]
  if (refused > 0) lines.push(`${count(refused, 'line')} could not be judged`)
  if (agreeing + differing > 0) {
    lines.push(`${agreeing + differing} came with a verdict: ${agreeing} agree, ${differing} differ`)
  }
  if (differing > 0) {
    const more = differing > differingIds.length ? ` and ${differing - differingIds.length} more` : ''
    lines.push(`these differ: ${differingIds.join(', ')}${more}`)
  }
  return lines
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
