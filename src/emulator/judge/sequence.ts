import { judgeEvent, judgePoll, type SentResult, startView, WORKER_ERRORS } from '../../progress/contract.ts'
import { freshStream, sendResult } from '../worker/result-stream.ts'
import type { EndRule } from '../worker/state.ts'
import type { SequenceCase, Setup } from './case.ts'
import { fillInTimes } from './placeholders.ts'
import type { Verdict } from './verdict.ts'

/** How a sequence ended. `rule` is what its last document broke. */
export interface SequenceEnd {
  readonly outcome: 'completed' | 'errored'
  readonly error: string | null
  readonly rule: EndRule | undefined
}

/** A worker that is given one document after the other. */
export interface SequenceJudge {
  /**
   * Judges the next document; after the end nothing is judged any more.
   *
   * @param document - null: the file is absent
   * @param nowMs - when it is read
   */
  readonly next: (document: string | null, nowMs: number) => SequenceEnd | undefined
  /** What it has come to so far. */
  readonly verdict: () => Verdict
}

/**
 * Judges documents of which each is one event, or one poll. They follow each other at once: a result that the
 * control plane refuses as too large leaves the stream broken for the next one.
 */
export const judgeDocuments = ({ taskId, strategy, mode }: Setup): SequenceJudge => {
  const sent: SentResult[] = []
  let view = startView({ taskId, strategy })
  let stream = freshStream
  let count = 0
  let end: SequenceEnd | undefined

  const judge = (document: string | null, nowMs: number): SequenceEnd | undefined => {
    const text = document === null ? undefined : fillInTimes(document, nowMs)
    const judgement = mode === 'poll' ? judgePoll({ view, text, nowMs }) : judgeEvent({ view, text })
    if (judgement.outcome === 'ignored') return undefined
    if (judgement.outcome === 'errored') return judgement
    const { result } = judgement
    const sending = { result, view, textLength: text?.length ?? 0, atMs: 0, streamIdleMs: Infinity }
    const delivery = sendResult(stream, sending)
    if (delivery.outcome === 'stuck') return tooLarge(WORKER_ERRORS.brokenStream)
    stream = delivery.stream
    if (delivery.outcome === 'sent') sent.push(result)
    if (judgement.outcome === 'completed') {
      return delivery.outcome === 'sent' ? COMPLETED : tooLarge(WORKER_ERRORS.messageTooLarge)
    }
    view = judgement.view
    return undefined
  }

  return {
    next: (document, nowMs) => {
      if (end !== undefined) return end
      end = judge(document, nowMs)
      count++
      return end
    },
    verdict: () =>
      end === undefined
        ? { outcome: 'running', atDocument: null, error: null, sent }
        : { outcome: end.outcome, atDocument: count - 1, error: end.error, sent },
  }
}

const COMPLETED: SequenceEnd = { outcome: 'completed', error: null, rule: undefined }

const tooLarge = (error: string): SequenceEnd => ({ outcome: 'errored', error, rule: 'message-too-large' })

/** @param nowMs - when the documents are read, where the case does not say it */
export const judgeSequence = (sequence: SequenceCase, nowMs: number): Verdict => {
  const { documents, readAtMs } = sequence
  const judge = judgeDocuments(sequence)
  for (const [index, document] of documents.entries()) {
    if (judge.next(document, readAtMs?.[index] ?? nowMs) !== undefined) break
  }
  return judge.verdict()
}
