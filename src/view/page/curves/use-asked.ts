import { type ReadonlySignal, untracked, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { createLatest } from './latest.ts'

/** News are asked for at most this often. */
export const liveMs = 1_000
/** While somebody drags or zooms nothing is asked. */
const calmMs = 60

export interface Asked<Answer> {
  /** Undefined: the first answer has not come. */
  readonly answer: ReadonlySignal<Answer | undefined>
  /** Why there is no answer. */
  readonly fault: ReadonlySignal<string | undefined>
}

/**
 * Asks a question whenever it is another one, and again, at most once a second, when `news` changes and `isSeen` says
 * that this could be seen. Undefined asks nothing.
 */
export const useAsked = <Question, Answer>({
  question,
  ask,
  news,
  isSeen,
}: {
  readonly question: ReadonlySignal<Question | undefined>
  readonly ask: (question: Question) => Promise<Answer>
  readonly news: ReadonlySignal<unknown>
  readonly isSeen: () => boolean
}): Asked<Answer> => {
  const answer = useSignal<Answer | undefined>(undefined)
  const fault = useSignal<string | undefined>(undefined)
  const state = useMemo(
    (): { atMs?: number; news?: unknown; timer?: ReturnType<typeof setTimeout> | undefined } => ({}),
    [],
  )
  const latest = useMemo(
    () =>
      createLatest<Question, Answer>({
        waitMs: calmMs,
        ask: (wanted) => {
          state.atMs = performance.now()
          return ask(wanted)
        },
        onAnswer: (got) => {
          answer.value = got
          fault.value = undefined
        },
        onFault: (problem) => {
          fault.value = problem instanceof Error ? problem.message : String(problem)
        },
      }),
    [],
  )

  useSignalEffect(() => {
    if (question.value !== undefined) latest.want(question.value)
  })
  useSignalEffect(() => {
    const isNews = news.value !== state.news
    state.news = news.value
    if (!isNews || state.timer !== undefined || state.atMs === undefined || !untracked(isSeen)) return
    state.timer = setTimeout(
      () => {
        state.timer = undefined
        const wanted = question.peek()
        if (wanted !== undefined) latest.want(wanted)
      },
      Math.max(0, liveMs - (performance.now() - state.atMs)),
    )
  })
  useEffect(
    () => () => {
      clearTimeout(state.timer)
      latest.end()
    },
    [state, latest],
  )
  return { answer, fault }
}
