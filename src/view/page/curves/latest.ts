/** Asks one question at a time, and of those that come meanwhile only the newest. */
export interface Latest<Question> {
  /** Asks soon: after a pause in which nothing else is wanted, and when the answer before has come. */
  readonly want: (question: Question) => void
  /** Asks no more; an answer that is under way is left alone. */
  readonly end: () => void
}

export const createLatest = <Question, Answer>({
  ask,
  onAnswer,
  onFault,
  waitMs,
}: {
  readonly ask: (question: Question) => Promise<Answer>
  readonly onAnswer: (answer: Answer, question: Question) => void
  readonly onFault: (fault: unknown) => void
  readonly waitMs: number
}): Latest<Question> => {
  let wanted: { readonly question: Question } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAsking = false
  let hasEnded = false

  const go = async (): Promise<void> => {
    timer = undefined
    if (wanted === undefined || isAsking || hasEnded) return
    const { question } = wanted
    wanted = undefined
    isAsking = true
    try {
      const answer = await ask(question)
      // what is wanted now is something else: showing this first would only flicker
      if (!hasEnded && wanted === undefined) onAnswer(answer, question)
    } catch (fault) {
      if (!hasEnded) onFault(fault)
    }
    isAsking = false
    if (timer === undefined) await go()
  }

  return {
    want: (question) => {
      wanted = { question }
      clearTimeout(timer)
      timer = setTimeout(go, waitMs)
    },
    end: () => {
      hasEnded = true
      clearTimeout(timer)
    },
  }
}
