import { useEffect, useState } from 'preact/hooks'
import type { LogRow, RunData } from '../../api.ts'

/**
 * Whether an answer is the whole of a row: while a run goes on, old lines are let go of, and another line may have the
 * row's number by now.
 */
export const isWholeOf = (listed: LogRow, answer: LogRow | undefined): answer is LogRow =>
  answer !== undefined && answer.t === listed.t && answer.text.startsWith(listed.text)

interface Asked {
  readonly of: LogRow
  /** Undefined: it could not be read. */
  readonly whole: LogRow | undefined
}

/** The whole of a row as soon as it is here; what the list has of it until then. */
export const useWhole = (listed: LogRow, ask: RunData['log']) => {
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (!listed.isCut) return
    let isWanted = true
    setAsked(undefined)
    const read = async () => {
      const answer = await ask(listed.index).catch(() => undefined)
      if (isWanted) setAsked({ of: listed, whole: isWholeOf(listed, answer) ? answer : undefined })
    }
    void read()
    return () => {
      isWanted = false
    }
  }, [listed, ask, attempt])
  // what was asked for a row before says nothing of this one
  const known = asked?.of === listed ? asked : undefined
  const state = !listed.isCut || known?.whole ? 'whole' : known ? 'failed' : 'reading'
  return { log: known?.whole ?? listed, state, askAgain: () => setAttempt(attempt + 1) } as const
}
