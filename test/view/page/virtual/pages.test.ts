import { describe, expect, it } from 'vitest'
import { openPages, type PageAnswer } from '../../../../src/view/page/virtual/pages.ts'

interface Question {
  readonly offset: number
  readonly answer: (answer: Partial<PageAnswer<string>>) => Promise<void>
  readonly fail: () => Promise<void>
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Pages of ten rows, and the questions that they have asked. */
const open = (total = 1_000) => {
  const questions: Question[] = []
  const waiting: (() => void)[] = []
  const pages = openPages<string>({
    size: 10,
    most: 5,
    ask: (offset, limit) =>
      new Promise((resolve, reject) => {
        questions.push({
          offset,
          answer: (given) => {
            const rows = Array.from({ length: limit }, (_, index) => `row ${offset + index}`)
            resolve({ total, rows: rows.slice(0, Math.max(0, (given.total ?? total) - offset)), ...given })
            return settled()
          },
          fail: () => {
            reject(new Error('gone'))
            return settled()
          },
        })
      }),
    later: (act) => {
      waiting.push(act)
      return () => waiting.splice(waiting.indexOf(act), 1)
    },
  })
  const answerAll = async () => {
    while (questions.length > 0) await questions.shift()?.answer({})
  }
  return { pages, questions, waiting, answerAll }
}

describe('pages', () => {
  it('ask for the first page, and know the total by it', async () => {
    const { pages, questions } = open()
    pages.show(0, 5)
    expect(pages.row(0)).toBeUndefined()
    expect(pages.state.value.total).toBeUndefined()
    await questions[0]?.answer({})
    expect(pages.state.value.total).toBe(1_000)
    expect(pages.row(9)).toBe('row 9')
    expect(pages.row(10)).toBeUndefined()
  })

  it('then ask for the neighbour in the direction of scrolling', async () => {
    const { pages, questions, answerAll } = open()
    pages.show(0, 5)
    await answerAll()
    expect(pages.row(10)).toBe('row 10')
    pages.show(500, 505)
    await answerAll()
    pages.show(492, 497)
    expect(questions.map(({ offset }) => offset)).toEqual([490, 480])
  })

  it('ask two questions at once, and drop what was scrolled past', async () => {
    const { pages, questions, answerAll } = open()
    pages.show(0, 5)
    await answerAll()
    for (const first of [200, 300, 400, 500, 600]) pages.show(first, first + 5)
    expect(questions.map(({ offset }) => offset)).toEqual([200, 210])
    await questions.shift()?.answer({})
    expect(questions.map(({ offset }) => offset)).toEqual([210, 600])
  })

  it('keep only what was looked at last', async () => {
    const { pages, answerAll } = open()
    for (const first of [0, 100, 200, 300, 400]) {
      pages.show(first, first + 5)
      await answerAll()
    }
    expect(pages.row(0)).toBeUndefined()
    expect(pages.row(405)).toBe('row 405')
  })

  it('show what they have until the newer answer is here', async () => {
    const { pages, questions, answerAll } = open(15)
    pages.show(0, 15)
    await answerAll()
    pages.refresh()
    expect(pages.row(14)).toBe('row 14')
    expect(questions.map(({ offset }) => offset)).toEqual([0, 10])
    await questions[1]?.answer({ total: 17, rows: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] })
    expect(pages.row(16)).toBe('g')
    expect(pages.state.value.total).toBe(17)
  })

  it('ask once more what was asked before there was a reason to ask again', async () => {
    const { pages, questions } = open(5)
    pages.show(0, 5)
    pages.refresh()
    expect(questions).toHaveLength(1)
    await questions.shift()?.answer({})
    expect(questions).toHaveLength(1)
    await questions.shift()?.answer({})
    expect(questions).toHaveLength(0)
  })

  it('ask again a moment later while a search has not ended', async () => {
    const { pages, questions, waiting } = open(5)
    pages.show(0, 5)
    await questions.shift()?.answer({ isComplete: false, total: 2 })
    expect(pages.state.value.isComplete).toBe(false)
    expect(questions).toHaveLength(0)
    waiting.shift()?.()
    await questions.shift()?.answer({ isComplete: true })
    expect(pages.state.value).toMatchObject({ isComplete: true, total: 5 })
    expect(waiting).toHaveLength(0)
  })

  it('ask once where there is nothing', async () => {
    const { pages, questions } = open(0)
    pages.show(0, 1)
    await questions.shift()?.answer({})
    expect(pages.state.value.total).toBe(0)
    expect(questions).toHaveLength(0)
  })

  it('forget rows that are no longer there', async () => {
    const { pages, questions, answerAll } = open(25)
    pages.show(0, 25)
    await answerAll()
    pages.refresh()
    await questions.shift()?.answer({ total: 5 })
    expect(pages.row(20)).toBeUndefined()
    expect(pages.row(4)).toBe('row 4')
  })

  it('say that a question has failed, and ask it again when told to', async () => {
    const { pages, questions } = open()
    pages.show(0, 5)
    await questions.shift()?.fail()
    expect(pages.state.value.hasFailed).toBe(true)
    expect(questions).toHaveLength(0)
    pages.refresh()
    await questions.shift()?.answer({})
    expect(pages.state.value.hasFailed).toBe(false)
    expect(pages.row(0)).toBe('row 0')
  })

  it('ignore what comes after they were closed', async () => {
    const { pages, questions } = open()
    pages.show(0, 5)
    pages.close()
    await questions.shift()?.answer({})
    expect(pages.state.value.total).toBeUndefined()
    expect(questions).toHaveLength(0)
  })
})
