import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLatest } from '../../../../src/view/page/curves/latest.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const setUp = () => {
  const asked: { question: string; answer: (answer: string) => void; fail: (fault: Error) => void }[] = []
  const told: string[] = []
  const latest = createLatest<string, string>({
    waitMs: 50,
    ask: (question) =>
      new Promise((resolve, reject) => {
        asked.push({ question, answer: resolve, fail: reject })
      }),
    onAnswer: (answer, question) => told.push(`${question} ${answer}`),
    onFault: (fault) => told.push(String(fault)),
  })
  return { asked, told, latest, questions: () => asked.map(({ question }) => question) }
}

it('asks the newest of many questions, and only after a pause', async () => {
  const { latest, questions } = setUp()
  latest.want('a')
  await vi.advanceTimersByTimeAsync(40)
  latest.want('b')
  await vi.advanceTimersByTimeAsync(40)
  expect(questions()).toEqual([])
  await vi.advanceTimersByTimeAsync(20)
  expect(questions()).toEqual(['b'])
})

it('asks one at a time; an answer that is too late is not told', async () => {
  const { asked, latest, questions, told } = setUp()
  latest.want('a')
  await vi.advanceTimersByTimeAsync(50)
  latest.want('b')
  latest.want('c')
  await vi.advanceTimersByTimeAsync(500)
  expect(questions()).toEqual(['a'])
  asked[0]?.answer('1')
  await vi.advanceTimersByTimeAsync(50)
  expect({ questions: questions(), told }).toEqual({ questions: ['a', 'c'], told: [] })
  asked[1]?.answer('2')
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual(['c 2'])
})

it('a fault is told, and does not end it', async () => {
  const { asked, latest, told } = setUp()
  latest.want('a')
  await vi.advanceTimersByTimeAsync(50)
  asked[0]?.fail(new Error('gone'))
  latest.want('b')
  await vi.advanceTimersByTimeAsync(50)
  asked[1]?.answer('2')
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual(['Error: gone', 'b 2'])
})

it('after its end it asks and tells nothing', async () => {
  const { asked, latest, questions, told } = setUp()
  latest.want('a')
  await vi.advanceTimersByTimeAsync(50)
  latest.want('b')
  latest.end()
  asked[0]?.answer('1')
  await vi.advanceTimersByTimeAsync(500)
  expect({ questions: questions(), told }).toEqual({ questions: ['a'], told: [] })
})
