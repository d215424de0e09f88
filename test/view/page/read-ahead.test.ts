import { expect, it } from 'vitest'
import { createTurns } from '../../../src/view/page/read-ahead.ts'

const create = (most: number) => {
  const waits: (() => void)[] = []
  const had: string[] = []
  const turns = createTurns({ most, pauseMs: 50, later: (act) => void waits.push(act) })
  return {
    had,
    wait: (name: string) => turns.wait(() => had.push(name)),
    /** Lets so much time pass as all that wait for it need. */
    pass: () => {
      for (let act = waits.shift(); act; act = waits.shift()) act()
    },
    step: () => waits.shift()?.(),
  }
}

it('each gets its turn after a pause, in the order in which they came', () => {
  const { had, wait, step } = create(10)
  wait('a')
  wait('b')
  expect(had).toEqual([])
  step()
  expect(had).toEqual(['a'])
  step()
  expect(had).toEqual(['a', 'b'])
})

it('no more than so many have a turn; who gives it back lets the next one go', () => {
  const { had, wait, pass } = create(2)
  const [endA] = [wait('a'), wait('b'), wait('c')]
  pass()
  expect(had).toEqual(['a', 'b'])
  endA?.()
  pass()
  expect(had).toEqual(['a', 'b', 'c'])
})

it('who waits no longer gets no turn', () => {
  const { had, wait, pass } = create(1)
  const endA = wait('a')
  wait('b')
  endA()
  pass()
  expect(had).toEqual(['b'])
})
