import { describe, expect, it } from 'vitest'
import { openScreen } from '../../src/terminal/screen.ts'

const terminal = (isTTY: boolean, columns = 40) => {
  const written: string[] = []
  const stream = { isTTY, columns, write: (text: string) => written.push(text) }
  return { screen: openScreen(() => stream), written }
}

describe('on a terminal', () => {
  it('the live line stays below the lines', () => {
    const { screen, written } = terminal(true)
    screen.live('10 %')
    screen.line('a checkpoint')
    screen.live('20 %')
    screen.live('')
    expect(written.join('')).toBe('10 %\r\u001b[Ka checkpoint\n10 %\r\u001b[K20 %\r\u001b[K')
  })

  it('the live line never wraps', () => {
    const { screen, written } = terminal(true, 10)
    screen.live('0123456789abcdef')
    expect(written).toEqual(['01234567…'])
  })
})

it('elsewhere there are lines only', () => {
  const { screen, written } = terminal(false)
  screen.live('10 %')
  screen.line('a checkpoint')
  expect(written).toEqual(['a checkpoint\n'])
})

it('control characters of file names and messages do not reach the terminal', () => {
  const { screen, written } = terminal(true)
  screen.line('a\u001b[2Jb\u0007c\r\nd\te')
  expect(written).toEqual(['ab c d e\n'])
})

it('the stream is not opened before there is something to write', () => {
  let isOpened = false
  openScreen(() => {
    isOpened = true
    return { write: () => true }
  })
  expect(isOpened).toBe(false)
})
